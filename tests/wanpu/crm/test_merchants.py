"""Merchants: their ids, their life, and what shoppers see of them."""

import pytest
from tests.builders import make_merchant

from wanpu.crm.checkout import get_selling_merchants
from wanpu.crm.errors import MerchantNotFound
from wanpu.crm.service.merchants import (
    NewMerchant,
    change_merchant_status,
    create_merchant,
    get_merchant_cards,
    get_open_merchant,
)
from wanpu.crm.states import MERCHANT_MOVES, MerchantStatus
from wanpu.infra.models import IdSegment
from wanpu.infra.services import Services
from wanpu.kernel.ids import MAX_OWNER_ID, Id, IdOutOfRange
from wanpu.kernel.states import IllegalMove


@pytest.mark.requirement("S3-055")
async def test_the_last_32_bit_merchant_id_is_given_and_the_next_one_refused(services: Services) -> None:
    now = services.clock.now()
    async with services.db.transaction() as session:
        session.add(IdSegment(name="merchant", next_serial=MAX_OWNER_ID, created_at=now, updated_at=now))

    last = await make_merchant(services)
    with pytest.raises(IdOutOfRange):
        await make_merchant(services)

    assert last == 4_294_967_295
    async with services.db.reading() as session:
        assert set(await get_merchant_cards(session, [last, Id(1)])) == {last}


async def test_an_open_merchant_is_shown_with_its_freight_rule(services: Services) -> None:
    merchant_id = await make_merchant(
        services, name="青山茶铺", freight_fee_fen=800, freight_free_over_fen=9900
    )

    profile = await get_open_merchant(services, merchant_id)

    assert profile.merchant.merchant_name == "青山茶铺"
    assert (profile.freight.fee_fen, profile.freight.free_over_fen) == (800, 9900)


async def test_goods_and_orders_name_the_shop_and_not_its_company(services: Services) -> None:
    new = NewMerchant(merchant_name="杭州青山茶业有限公司", merchant_diminutive="青山茶铺")
    merchant_id = await create_merchant(services, new)

    async with services.db.reading() as session:
        cards = await get_merchant_cards(session, [merchant_id])
        selling = await get_selling_merchants(session, [merchant_id])
    assert cards[merchant_id].name == selling[merchant_id].name == "青山茶铺"


async def test_a_merchant_without_a_name_is_not_written(services: Services) -> None:
    for new in (NewMerchant("公司", " "), NewMerchant("", "店")):
        with pytest.raises(ValueError, match="names"):
            await create_merchant(services, new)


async def test_only_authenticated_merchants_are_open(services: Services) -> None:
    for status in set(MerchantStatus) - {MerchantStatus.AUTHENTICATED}:
        merchant_id = await make_merchant(services, status=status)

        with pytest.raises(MerchantNotFound):
            await get_open_merchant(services, merchant_id)
        async with services.db.reading() as session:
            cards = await get_merchant_cards(session, [merchant_id])
        assert cards[merchant_id].is_open is False


async def test_an_unlisted_move_raises_and_changes_nothing(services: Services) -> None:
    merchant_id = await make_merchant(services)

    with pytest.raises(IllegalMove):
        await change_merchant_status(services.db, merchant_id, MerchantStatus.REJECTED)

    assert (await get_open_merchant(services, merchant_id)).merchant.id == merchant_id


def test_every_move_of_a_merchant_is_listed_or_refused() -> None:
    listed = {
        (current.name, target.name)
        for current in MerchantStatus
        for target in MerchantStatus
        if MERCHANT_MOVES.allows(current, target)
    }

    assert listed == {
        ("TO_BE_AUTHENTICATED", "AUTHENTICATED"),
        ("TO_BE_AUTHENTICATED", "REJECTED"),
        ("REJECTED", "TO_BE_AUTHENTICATED"),
        ("AUTHENTICATED", "FROZEN"),
        ("FROZEN", "AUTHENTICATED"),
    }
