"""Prices and shares of a checkout: pure rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanpu.crm import SellingMerchant
from wanpu.kernel.ids import Id
from wanpu.kernel.money import MAX_FEN, Fen
from wanpu.order.errors import MerchantClosed, SkuNotFound, SkuOffShelf, TooManyMerchants
from wanpu.order.rules import MAX_LINES, MAX_MERCHANTS, MAX_QUANTITY, Line, check_lines, price_order
from wanpu.product import SkuOnSale, StockStrategy
from wanpu.product.rules import MAX_PRICE_FEN


def make_sku(
    sku_id: int, *, merchant_id: int = 7, price_fen: int = 1990, is_on_shelf: bool = True
) -> SkuOnSale:
    return SkuOnSale(
        sku_id=Id(sku_id),
        spu_id=Id(sku_id * 10),
        merchant_id=Id(merchant_id),
        name="白瓷马克杯",
        spec="黑",
        image_url=None,
        price_fen=Fen(price_fen),
        snap_version=1,
        strategy=StockStrategy.ON_ORDER,
        is_on_shelf=is_on_shelf,
        available=10,
    )


def make_seller(
    merchant_id: int = 7, *, is_open: bool = True, fee_fen: int = 0, free_over_fen: int | None = None
) -> SellingMerchant:
    return SellingMerchant(
        merchant_id=Id(merchant_id),
        name=f"店铺{merchant_id}",
        is_open=is_open,
        profit_share_rate_bp=500,
        freight_fee=Fen(fee_fen),
        freight_free_over=None if free_over_fen is None else Fen(free_over_fen),
    )


prices = st.integers(1, 10**9)
lines = st.lists(st.tuples(st.integers(1, 5), prices, st.integers(1, 9_999)), min_size=1, max_size=30)
freights = st.tuples(st.integers(0, 5_000), st.none() | st.integers(0, 10**10))


@given(lines, st.lists(freights, min_size=5, max_size=5))
def test_shares_add_up_at_every_level_and_none_is_negative(
    wanted: list[tuple[int, int, int]], rules: list[tuple[int, int | None]]
) -> None:
    merchants = {
        Id(m): make_seller(m, fee_fen=fee, free_over_fen=over) for m, (fee, over) in enumerate(rules, start=1)
    }
    checkout = [
        Line(make_sku(number, merchant_id=merchant, price_fen=price), quantity)
        for number, (merchant, price, quantity) in enumerate(wanted, start=1)
    ]

    priced = price_order(checkout, merchants)

    assert priced.total_fen - priced.shipping_fen == sum(price * units for _, price, units in wanted)
    assert priced.pay_fen == priced.total_fen - priced.discount_fen
    for name in ("total_fen", "shipping_fen", "discount_fen", "pay_fen"):
        assert getattr(priced, name) == sum(getattr(part, name) for part in priced.seller_orders)
    for part in priced.seller_orders:
        assert part.item_total_fen == sum(item.line.total_fen for item in part.items)
        assert part.pay_fen == sum(item.pay_fen for item in part.items)
        assert part.pay_fen == part.item_total_fen + part.shipping_fen - part.discount_fen
        assert all(item.pay_fen >= item.line.total_fen for item in part.items)
        assert {item.line.sku.merchant_id for item in part.items} == {part.merchant.merchant_id}


def test_freight_is_shared_by_largest_remainder_among_the_lines_of_its_merchant() -> None:
    merchants = {Id(1): make_seller(1, fee_fen=1000), Id(2): make_seller(2)}
    checkout = [
        Line(make_sku(1, merchant_id=1, price_fen=100), 1),
        Line(make_sku(2, merchant_id=1, price_fen=100), 1),
        Line(make_sku(3, merchant_id=1, price_fen=100), 1),
        Line(make_sku(4, merchant_id=2, price_fen=700), 2),
    ]

    priced = price_order(checkout, merchants)

    assert [[item.pay_fen for item in part.items] for part in priced.seller_orders] == [
        [434, 433, 433],
        [1400],
    ]
    assert (priced.shipping_fen, priced.total_fen, priced.pay_fen) == (1000, 2700, 2700)


@pytest.mark.parametrize(
    ("goods_fen", "freight_fen"),
    [(9_899, 600), (9_900, 0), (9_901, 0)],
)
def test_shipping_is_free_from_the_limit_on(goods_fen: int, freight_fen: int) -> None:
    seller = make_seller(fee_fen=600, free_over_fen=9_900)

    priced = price_order([Line(make_sku(1, price_fen=goods_fen), 1)], {Id(7): seller})

    assert priced.shipping_fen == freight_fen


def test_seller_orders_stand_in_order_of_merchant_and_lines_in_order_of_sku() -> None:
    skus = {Id(n): make_sku(n, merchant_id=m) for n, m in ((5, 2), (3, 9), (8, 2), (1, 9))}
    merchants = {Id(2): make_seller(2), Id(9): make_seller(9)}

    priced = price_order(check_lines(dict.fromkeys(skus, 1), skus, merchants), merchants)

    assert [
        (part.merchant.merchant_id, [item.line.sku.sku_id for item in part.items])
        for part in priced.seller_orders
    ] == [(2, [5, 8]), (9, [1, 3])]


def test_an_unknown_sku_is_named() -> None:
    with pytest.raises(SkuNotFound) as refusal:
        check_lines({Id(1): 1, Id(3): 1, Id(2): 1}, {Id(1): make_sku(1)}, {Id(7): make_seller()})

    assert refusal.value.details == {"sku_ids": ["2", "3"]}


def test_every_sku_off_the_shelf_is_named() -> None:
    skus = {Id(n): make_sku(n, is_on_shelf=n == 2) for n in (1, 2, 3)}

    with pytest.raises(SkuOffShelf) as refusal:
        check_lines({Id(3): 1, Id(2): 1, Id(1): 1}, skus, {Id(7): make_seller()})

    assert refusal.value.details == {"skus": [{"sku_id": "1"}, {"sku_id": "3"}]}


def test_a_merchant_that_is_closed_or_gone_is_named() -> None:
    skus = {Id(n): make_sku(n, merchant_id=n) for n in (1, 2, 3)}
    merchants = {Id(1): make_seller(1), Id(2): make_seller(2, is_open=False)}

    with pytest.raises(MerchantClosed) as refusal:
        check_lines({Id(1): 1, Id(2): 1, Id(3): 1}, skus, merchants)

    assert refusal.value.details == {"merchant_ids": ["2", "3"]}


@pytest.mark.parametrize("sellers", [MAX_MERCHANTS, MAX_MERCHANTS + 1])
def test_one_checkout_pays_fifty_merchants_and_no_more(sellers: int) -> None:
    skus = {Id(n): make_sku(n, merchant_id=n) for n in range(1, sellers + 1)}
    merchants = {Id(n): make_seller(n) for n in range(1, sellers + 1)}

    if sellers > 50:
        with pytest.raises(TooManyMerchants):
            check_lines(dict.fromkeys(skus, 1), skus, merchants)
    else:
        assert len(check_lines(dict.fromkeys(skus, 1), skus, merchants)) == 50


def test_the_fullest_and_dearest_cart_still_adds_up_to_money_that_is_booked() -> None:
    assert MAX_LINES * MAX_QUANTITY * MAX_PRICE_FEN <= MAX_FEN
