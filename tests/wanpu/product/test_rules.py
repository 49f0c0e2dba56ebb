"""Products that contradict themselves are refused."""

from dataclasses import replace

import pytest

from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen
from wanpu.product.errors import ProductInvalid
from wanpu.product.rules import (
    MAX_PRICE_FEN,
    MAX_STOCK,
    NewSku,
    NewSpu,
    SaleAttribute,
    check_new_spu,
    detail_addresses,
    spec_of,
)
from wanpu.product.states import SPU_MOVES, SpuStatus

BLACK = NewSku({"颜色": "黑", "尺码": "L"}, Fen(1990), 8)
WHITE = NewSku({"颜色": "白", "尺码": "L"}, Fen(2990), 0)
SHIRT = NewSpu(
    merchant_id=Id(7),
    category_id=Id(11),
    title="棉衬衫",
    skus=(BLACK, WHITE),
    sale_attrs=(SaleAttribute("颜色", ("黑", "白")), SaleAttribute("尺码", ("L", "XL"))),
)
ONE = NewSpu(merchant_id=Id(7), category_id=Id(11), title="一本书", skus=(NewSku({}, Fen(1), 0),))


@pytest.mark.parametrize(
    "product", [SHIRT, ONE, replace(ONE, skus=(NewSku({}, Fen(MAX_PRICE_FEN), MAX_STOCK),))]
)
def test_a_product_whose_variants_fit_its_attributes_is_accepted(product: NewSpu) -> None:
    check_new_spu(product)


@pytest.mark.parametrize(
    ("product", "problem"),
    [
        (replace(SHIRT, title=" "), "title"),
        (replace(SHIRT, title="长" * 129), "title"),
        (replace(SHIRT, skus=()), "1 to 200 variants"),
        (replace(ONE, skus=(NewSku({}, Fen(1), 0),) * 201), "1 to 200 variants"),
        (
            replace(SHIRT, skus=(BLACK, replace(WHITE, sale_attr={"颜色": "白"}))),
            "one value per sale attribute",
        ),
        (
            replace(SHIRT, skus=(replace(BLACK, sale_attr={"颜色": "红", "尺码": "L"}),)),
            "红 is no value of 颜色",
        ),
        (replace(SHIRT, skus=(BLACK, BLACK)), "same attributes"),
        (replace(SHIRT, sale_attrs=(SHIRT.sale_attrs[0],) * 2), "same name"),
        (replace(SHIRT, sale_attrs=(SaleAttribute("颜色", ("黑", "黑")),)), "same value twice"),
        (replace(ONE, skus=(NewSku({}, Fen(0), 1),)), "positive number of fen"),
        (replace(ONE, skus=(NewSku({}, Fen(-1), 1),)), "positive number of fen"),
        (replace(ONE, skus=(NewSku({}, Fen(MAX_PRICE_FEN + 1), 1),)), "positive number of fen"),
        (replace(ONE, skus=(NewSku({}, Fen(1), -1),)), "stock"),
        (replace(ONE, skus=(NewSku({}, Fen(1), MAX_STOCK + 1),)), "stock"),
    ],
)
def test_a_product_that_contradicts_itself_is_refused_with_the_reason(product: NewSpu, problem: str) -> None:
    with pytest.raises(ProductInvalid) as refused:
        check_new_spu(product)

    assert problem in refused.value.details["problem"]


def test_a_variant_is_called_by_its_values_in_the_order_of_the_attributes() -> None:
    assert spec_of({"尺码": "L", "颜色": "黑"}, SHIRT.sale_attrs) == "黑-L"
    assert spec_of({}, ()) == ""


def test_an_address_that_the_index_cannot_take_is_left_out_of_a_page() -> None:
    fits, longer = f"/files/{'a' * 489}.png", f"/files/{'a' * 490}.png"

    assert detail_addresses(f"<img src='{fits}'><img src='{longer}'>") == {fits}


def test_every_move_of_a_product_is_listed_or_refused() -> None:
    listed = {
        (current.name, target.name)
        for current in SpuStatus
        for target in SpuStatus
        if SPU_MOVES.allows(current, target)
    }

    assert listed == {
        ("TO_BE_SHELVED", "ON_SHELF"),
        ("TO_BE_SHELVED", "REJECTED"),
        ("REJECTED", "TO_BE_SHELVED"),
        ("ON_SHELF", "OFF_SHELF"),
        ("ON_SHELF", "TO_BE_SHELVED"),
        ("OFF_SHELF", "TO_BE_SHELVED"),
    }
