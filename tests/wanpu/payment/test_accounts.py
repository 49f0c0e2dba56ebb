"""Channel accounts: opened once, renewed when their row changes, and never with secrets in the clear."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from wanpu.infra.services import Services
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import Id
from wanpu.payment.errors import ChannelAccountUnknown, ChannelAccountUnusable
from wanpu.payment.models import ChannelAccount, SubMerchant
from wanpu.payment.service.accounts import (
    Channels,
    NewChannelAccount,
    add_pay_app,
    save_channel_account,
    save_sub_merchant,
)
from wanpu.payment.states import SubMerchantState
from wanpu_sandbox.credentials import credentials


@pytest.fixture(scope="module")
def provider_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("provider")


@pytest.fixture
def new(provider_dir: Path) -> NewChannelAccount:
    told = credentials(provider_dir, "http://127.0.0.1:1")["wechatpay"]
    return NewChannelAccount(
        channel="wechatpay",
        mode="partner",
        name="服务商",
        account_no=told["sp_mchid"],
        app_id=told["sp_appid"],
        settings={
            "merchant_serial_no": told["merchant_serial_no"],
            "public_key_id": told["public_key_id"],
            "public_key_pem": told["public_key_pem"],
            "base_url": "http://127.0.0.1:1",
        },
        secrets={name: told[name] for name in ("apiv3_key", "merchant_private_key_pem")},
    )


@pytest.fixture
def channels(services: Services, clock: ManualClock) -> Channels:
    return Channels(services.db, services.vault, services.http, allow_plain_http=True, signature_clock=clock)


async def test_a_saved_account_opens_once_and_again_only_when_its_row_changes(
    services: Services, channels: Channels, new: NewChannelAccount, clock: ManualClock
) -> None:
    account_id = await save_channel_account(services, new)
    first = await channels.for_account(account_id)
    clock.advance(timedelta(seconds=3))
    assert await channels.for_account(account_id) is first

    await save_channel_account(services, new)
    clock.advance(timedelta(seconds=3))

    renewed = await channels.for_account(account_id)
    assert renewed is not first
    facts = await channels.facts(account_id)
    assert (facts.channel, facts.account_no, facts.app_id, facts.mode) == (
        "wechatpay",
        new.account_no,
        new.app_id,
        "partner",
    )


async def test_many_callers_at_once_open_an_account_once(
    services: Services, channels: Channels, new: NewChannelAccount, clock: ManualClock
) -> None:
    account_id = await save_channel_account(services, new)

    opened = await asyncio.gather(*(channels.for_account(account_id) for _ in range(50)))
    clock.advance(timedelta(seconds=3))
    again = await asyncio.gather(*(channels.for_account(account_id) for _ in range(50)))

    assert len({id(channel) for channel in (*opened, *again)}) == 1


async def test_saving_the_same_account_again_keeps_its_id(services: Services, new: NewChannelAccount) -> None:
    ids = {await save_channel_account(services, new) for _ in range(2)}

    assert len(ids) == 1
    async with services.db.reading() as session:
        assert await session.get(ChannelAccount, ids.pop()) is not None


async def test_secrets_rest_sealed_for_their_own_account(services: Services, new: NewChannelAccount) -> None:
    account_id = await save_channel_account(services, new)

    async with services.db.reading() as session:
        row = await session.get(ChannelAccount, account_id)
    assert row is not None
    assert new.secrets["apiv3_key"] not in row.secrets
    assert "PRIVATE KEY" not in row.secrets
    assert new.secrets["apiv3_key"] not in repr(new.settings)


async def test_secrets_that_cannot_be_opened_make_the_account_unusable(
    services: Services, channels: Channels, new: NewChannelAccount
) -> None:
    account_id = await save_channel_account(services, new)
    async with services.db.transaction() as session:
        await session.execute(update(ChannelAccount).values(account_no="1900000001"))

    with pytest.raises(ChannelAccountUnusable):
        await channels.for_account(account_id)


async def test_an_unknown_account_is_not_found(channels: Channels) -> None:
    with pytest.raises(ChannelAccountUnknown):
        await channels.for_account(404)


async def test_only_accounts_that_are_switched_on_are_listed(
    services: Services, channels: Channels, new: NewChannelAccount
) -> None:
    account_id = await save_channel_account(services, new)
    assert await channels.list_accounts() == [account_id]

    async with services.db.transaction() as session:
        await session.execute(update(ChannelAccount).values(is_enabled=False))

    assert await channels.list_accounts() == []
    assert (await channels.for_account(account_id)).account_no == new.account_no


async def test_a_merchant_has_one_number_per_account(services: Services) -> None:
    app_id = await add_pay_app(services, code="mall", name="商城")
    assert await add_pay_app(services, code="mall", name="商城") == app_id

    for number, state in (("190001", SubMerchantState.PENDING), ("190002", SubMerchantState.ACTIVE)):
        await save_sub_merchant(
            services,
            pay_app_id=app_id,
            account_id=Id(1),
            merchant_ref="7",
            sub_merchant_no=number,
            state=state,
        )

    async with services.db.reading() as session:
        (row,) = await session.scalars(select(SubMerchant))
    assert (row.sub_merchant_no, row.state) == ("190002", SubMerchantState.ACTIVE)
