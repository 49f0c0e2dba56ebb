"""Loading the demo: what stands afterwards, a second load, an interrupted one."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.builders import PASSWORD
from tests.http import Caller, room_app, serving

from wanpu.crm.api import store as crm_store
from wanpu.crm.models import FreightRule, Member, MemberAddress, Merchant
from wanpu.crm.service.sessions import sign_in
from wanpu.crm.states import MerchantStatus
from wanpu.demo.catalogue import MERCHANTS, PRODUCTS
from wanpu.demo.load import DemoSummary, is_demo_loaded, load_demo
from wanpu.demo.payment_accounts import TooFewSubMerchants, load_payment_accounts
from wanpu.demo.pictures.album import PICTURE_SUFFIX, count_pictures, plan_pictures
from wanpu.infra.services import Services
from wanpu.infra.sign_in.errors import WrongCredentials
from wanpu.infra.tables import Base
from wanpu.kernel.ids import Id
from wanpu.payment.channels.wechatpay import read_account
from wanpu.payment.models import ChannelAccount, PayApp, SubMerchant
from wanpu.payment.service.accounts import secrets_purpose
from wanpu.payment.states import SubMerchantState
from wanpu.product.api import store as product_store
from wanpu.product.models import Category, Sku, SkuStock, Spu, StockJournal
from wanpu.product.states import SpuStatus
from wanpu_sandbox.credentials import credentials

BASE_URL = "http://127.0.0.1:8100"


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The sandbox's accounts, made once."""
    return credentials(tmp_path_factory.mktemp("sandbox"), BASE_URL)


@pytest.fixture
def pictures(services: Services) -> Path:
    """The folder of pictures with every file in place, so that nothing has to be drawn."""
    folder = services.settings.data_dir / "files" / "demo"
    folder.mkdir(parents=True)
    for product in PRODUCTS:
        for variant in range(len(plan_pictures(product))):
            (folder / f"{product.key}-{variant}{PICTURE_SUFFIX}").write_bytes(b"a picture")
    return folder


@pytest.fixture
async def http(services: Services) -> AsyncIterator[Caller]:
    app = room_app(services, [crm_store.router, product_store.router], product_store.HOT_ROUTES)
    async with serving(app) as caller:
        yield caller


async def load(services: Services, sandbox: dict[str, Any], *, password: str = PASSWORD) -> DemoSummary:
    return await load_demo(
        services, sandbox_credentials=sandbox, demo_password=password, progress=lambda *_: None
    )


async def rows_of_every_table(services: Services) -> dict[str, list[tuple[Any, ...]]]:
    """The whole database, without the counters that numbers are drawn from."""
    async with services.db.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in await session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
            if table.name not in ("id_segment", "member_token")
        }


async def test_a_load_fills_the_mall_and_a_second_one_changes_nothing(
    services: Services, sandbox: dict[str, Any], pictures: Path
) -> None:
    assert await is_demo_loaded(services) is False

    first = await load(services, sandbox)
    before = await rows_of_every_table(services)
    second = await load(services, sandbox, password="another horse 43")

    assert first == DemoSummary(merchants=8, products=len(PRODUCTS), pictures=0, members=3)
    assert second == DemoSummary(merchants=0, products=0, pictures=0, members=0)
    assert await is_demo_loaded(services) is True
    assert await rows_of_every_table(services) == before
    assert len(before["merchant"]) == len(before["freight_rule"]) == len(before["sub_merchant"]) == 8
    assert len(before["spu"]) == len(PRODUCTS) >= 60
    assert len(before["sku"]) == len(before["sku_stock"]) == sum(len(product.skus) for product in PRODUCTS)
    assert len(before["member_address"]) == 4


async def test_what_was_loaded_says_what_the_catalogue_says(
    services: Services, sandbox: dict[str, Any], pictures: Path
) -> None:
    await load(services, sandbox)

    async with services.db.reading() as session:
        merchants = {row.merchant_name: row for row in (await session.execute(select(Merchant))).scalars()}
        rules = {row.merchant_id: row for row in (await session.execute(select(FreightRule))).scalars()}
        statuses = (await session.execute(select(Spu.status, func.count()).group_by(Spu.status))).all()
        levels = (
            (await session.execute(select(Category.level).distinct().order_by(Category.level)))
            .scalars()
            .all()
        )
        stocked = (await session.execute(select(func.sum(SkuStock.available)))).scalar_one()
        booked = (await session.execute(select(func.sum(StockJournal.available_change)))).scalar_one()
        defaults = (
            (
                await session.execute(
                    select(Member.username).join(MemberAddress, MemberAddress.default_for == Member.user_id)
                )
            )
            .scalars()
            .all()
        )
    for demo in MERCHANTS:
        merchant = merchants[demo.name]
        assert merchant.status is MerchantStatus.AUTHENTICATED
        assert merchant.profit_share_rate_bp == demo.profit_share_rate_bp
        rule = rules[merchant.id]
        assert (rule.fee, rule.free_over) == (demo.freight.fee_fen, demo.freight.free_over_fen)
    off_shelf = sum(product.status == SpuStatus.OFF_SHELF for product in PRODUCTS)
    assert {row[0]: row[1] for row in statuses} == {
        SpuStatus.ON_SHELF: len(PRODUCTS) - off_shelf,
        SpuStatus.OFF_SHELF: off_shelf,
    }
    assert levels == [1, 2, 3]
    assert stocked == booked == sum(sku.stock for product in PRODUCTS for sku in product.skus)
    assert sorted(map(str, defaults)) == ["demo", "demo2", "demo3"]


async def test_the_channel_account_opens_with_the_sandboxs_keys(
    services: Services, sandbox: dict[str, Any], pictures: Path
) -> None:
    await load(services, sandbox)

    async with services.db.reading() as session:
        app = (await session.execute(select(PayApp))).scalar_one()
        account = (await session.execute(select(ChannelAccount))).scalar_one()
        subs = (await session.execute(select(SubMerchant).order_by(SubMerchant.id))).scalars().all()
        merchant_ids = (await session.execute(select(Merchant.id).order_by(Merchant.id))).scalars().all()
    assert app.code == "mall"
    assert (account.channel, account.mode) == ("wechatpay", "partner")
    purpose = secrets_purpose(account.channel, account.account_no)
    opened = read_account(
        account.mode,
        account.account_no,
        account.app_id,
        account.settings,
        json.loads(services.vault.open(account.secrets, purpose=purpose)),
        allow_plain_http=True,
    )
    assert (opened.mchid, opened.base_url) == (sandbox["wechatpay"]["sp_mchid"], BASE_URL)
    assert sandbox["wechatpay"]["apiv3_key"] not in account.secrets
    assert [sub.merchant_ref for sub in subs] == [str(merchant_id) for merchant_id in merchant_ids]
    assert [sub.sub_merchant_no for sub in subs] == sandbox["wechatpay"]["sub_mchids"][:8]
    assert {(sub.pay_app_id, sub.account_id, sub.state) for sub in subs} == {
        (app.id, account.id, SubMerchantState.ACTIVE)
    }


async def test_new_keys_of_the_sandbox_replace_the_old_ones(
    services: Services, sandbox: dict[str, Any]
) -> None:
    await load_payment_accounts(services, sandbox, [Id(7)])
    changed = {**sandbox, "wechatpay": {**sandbox["wechatpay"], "apiv3_key": "k" * 32}}

    await load_payment_accounts(services, changed, [Id(7)])

    async with services.db.reading() as session:
        account = (await session.execute(select(ChannelAccount))).scalar_one()
    purpose = secrets_purpose(account.channel, account.account_no)
    assert json.loads(services.vault.open(account.secrets, purpose=purpose))["apiv3_key"] == "k" * 32


async def test_shops_without_a_number_at_the_sandbox_are_not_loaded_in_part(
    services: Services, sandbox: dict[str, Any]
) -> None:
    numbers = len(sandbox["wechatpay"]["sub_mchids"])

    with pytest.raises(TooFewSubMerchants):
        await load_payment_accounts(services, sandbox, [Id(number) for number in range(1, numbers + 2)])

    async with services.db.reading() as session:
        assert (await session.execute(select(func.count()).select_from(SubMerchant))).scalar_one() == 0


async def test_an_interrupted_load_goes_on_with_the_password_of_the_next(
    services: Services, sandbox: dict[str, Any], pictures: Path
) -> None:
    class Interrupted(Exception):
        pass

    def stop_at_second_member(what: str, done: int, _total: int) -> None:
        if (what, done) == ("members", 2):
            raise Interrupted

    with pytest.raises(Interrupted):
        await load_demo(
            services,
            sandbox_credentials=sandbox,
            demo_password="lost horse 41",
            progress=stop_at_second_member,
        )
    assert await is_demo_loaded(services) is False

    summary = await load(services, sandbox)

    assert summary == DemoSummary(merchants=0, products=0, pictures=0, members=1)
    for username in ("demo", "demo2", "demo3"):
        await sign_in(services, username, PASSWORD, client_ip="127.0.0.1")
        with pytest.raises(WrongCredentials):
            await sign_in(services, username, "lost horse 41", client_ip="127.0.0.1")
    async with services.db.reading() as session:
        assert (await session.execute(select(func.count()).select_from(Sku))).scalar_one() == sum(
            len(product.skus) for product in PRODUCTS
        )


async def test_a_missing_picture_is_put_back_whole(
    services: Services, sandbox: dict[str, Any], pictures: Path
) -> None:
    lost = pictures / f"{PRODUCTS[0].key}-0{PICTURE_SUFFIX}"
    lost.unlink()

    summary = await load(services, sandbox)

    assert summary.pictures == 1
    assert lost.read_bytes()[:4] == b"RIFF"  # WebP
    assert len(list(pictures.iterdir())) == count_pictures(PRODUCTS)


async def test_every_picture_that_a_page_names_is_a_file(
    http: Caller, services: Services, sandbox: dict[str, Any], pictures: Path
) -> None:
    await load(services, sandbox)
    listed: list[str] = []
    named: set[str] = set()
    cursor = None
    while True:
        page = await http.get(
            "/store/v1/products", query={"limit": "50"} | ({"cursor": cursor} if cursor else {})
        )
        for item in page.body["items"]:
            listed.append(item["title"])
            detail = (await http.get(f"/store/v1/products/{item['spu_id']}")).body
            assert detail["images"][0] == item["image_url"]
            named |= {*detail["images"], *detail["detail_images"]}
            named |= {sku["image_url"] for sku in detail["skus"] if sku["image_url"]}
        cursor = page.body["next_cursor"]
        if cursor is None:
            break

    on_shelf = [product for product in PRODUCTS if product.status == SpuStatus.ON_SHELF]
    assert sorted(listed) == sorted(product.title for product in on_shelf)
    assert len(named) == count_pictures(on_shelf)
    assert all((pictures / url.removeprefix("/files/demo/")).is_file() for url in named)
