"""The order room over HTTP, inside the whole application: answers, refusals, and nothing changed by them."""

import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.builders import MadeMember, make_address, make_member, make_merchant, make_spu
from tests.http import Answer, Caller, serving
from tests.wanpu.order.checkout import rows_of

from wanpu.app import create_app
from wanpu.crm.service.merchants import change_merchant_status
from wanpu.crm.states import MerchantStatus
from wanpu.infra.http.paging import encode_cursor
from wanpu.infra.services import Services
from wanpu.infra.settings import Settings
from wanpu.infra.tables import Base
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen
from wanpu.mall import open_mall
from wanpu.order.models import Order
from wanpu.payment import add_pay_app
from wanpu.payment.models import PaymentAttempt
from wanpu.product.service.goods import change_price, take_off_shelf

NO_BOOLEANS: tuple[Any, ...] = (0, 1, "true", None, [])
NO_MONEY: tuple[Any, ...] = (-1, 10**15 + 1, 1.0, "1", True, [], {})
NO_SOURCES: tuple[Any, ...] = (-1, 5, "1", True, None, 1.0)
NATIVE = "wechatpay.native"
UNKNOWN = "9007199254740993"
QUANTITIES_THAT_ARE_NONE: tuple[Any, ...] = (0, -1, 10_000, 2**31, 2**63, 1.0, 1.5, "1", True, None, [], {})
IDS_THAT_ARE_NONE: tuple[Any, ...] = (
    0,
    7,
    -1,
    1.0,
    True,
    None,
    "",
    "0",
    "-1",
    "7 ",
    "７",
    "1e3",
    "x",
    2**63,
    [],
)


@dataclass(frozen=True)
class Shop:
    """The whole application on a port, one merchant's goods, a buyer and a stranger."""

    services: Services
    nobody: Caller
    buyer: Caller
    stranger: Caller
    member: MadeMember
    address_id: str
    foreign_address_id: str
    merchant_id: Id
    spu_id: Id
    sku_ids: tuple[str, ...]

    async def fingerprint(self) -> dict[str, int]:
        """How many rows every table has."""
        tables = [table for name, table in Base.metadata.tables.items() if name != "id_segment"]
        async with self.services.db.reading() as session:
            return {
                table.name: (await session.execute(select(func.count()).select_from(table))).scalar_one()
                for table in tables
            }

    def choice(self, **changes: Any) -> dict[str, Any]:
        """A direct purchase of one unit for 100 fen, or what the changes make of it."""
        body: dict[str, Any] = {
            "from_cart": False,
            "items": [{"sku_id": self.sku_ids[0], "quantity": 1}],
            "address_id": self.address_id,
            "expected_pay_fen": 100,
        }
        return {name: value for name, value in (body | changes).items() if value is not ...}

    async def order(self, body: Any = None, *, key: str = "k", caller: Caller | None = None) -> Answer:
        caller = caller or self.buyer
        return await caller.post("/store/v1/orders", body or self.choice(), headers={"Idempotency-Key": key})


@pytest.fixture
async def shop(settings: Settings, clock: ManualClock) -> AsyncIterator[Shop]:
    mall = await open_mall(settings, clock=clock)
    services = mall.services
    await add_pay_app(services, code="mall", name="万铺商城")
    async with serving(create_app(mall, works_in_background=False)) as nobody:
        member, other = await make_member(services), await make_member(services)
        address = await make_address(services, member.member_id)
        foreign = await make_address(services, other.member_id)
        merchant_id = await make_merchant(services)
        spu = await make_spu(services, merchant_id=merchant_id, skus=[(100, 5), (200, 5)])
        yield Shop(
            services=services,
            nobody=nobody,
            buyer=nobody.with_token(member.token),
            stranger=nobody.with_token(other.token),
            member=member,
            address_id=str(address.id),
            foreign_address_id=str(foreign.id),
            merchant_id=merchant_id,
            spu_id=spu.spu_id,
            sku_ids=tuple(str(sku_id) for sku_id in spu.sku_ids),
        )


async def require_refused(shop: Shop, answers: Iterable[tuple[str, Any]], expected: tuple[int, str]) -> None:
    """Send requests one after another: each gets this refusal, and together they change nothing."""
    before = await shop.fingerprint()
    for what, send in answers:
        answer = await send
        assert answer.refusal == expected, f"{what}: {answer.status} {answer.body}"
        assert set(answer.body) == {"code", "message", "details", "request_id"}, what
    assert await shop.fingerprint() == before


@pytest.mark.requirement("S3-048")
async def test_an_order_is_placed_replayed_and_guarded_by_its_key(shop: Shop) -> None:
    first = await shop.order()
    again = await shop.order(dict(reversed(shop.choice().items())))
    other_body = await shop.order(shop.choice(expected_pay_fen=200))
    without_key = await shop.buyer.post("/store/v1/orders", shop.choice())

    assert (first.status, "Idempotent-Replayed" in first.headers) == (201, False)
    assert (again.status, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert again.body == first.body
    assert other_body.refusal == (409, "idempotency.key_reused")
    assert without_key.refusal == (422, "idempotency.key_missing")
    for key in ("", "a b", "é", "x" * 129, "\t"):
        assert (await shop.order(key=key)).refusal == (422, "idempotency.key_invalid")
    assert len(await rows_of(shop.services, Order)) == 1


@pytest.mark.requirement("S2-062", "S2-076", "S2-085")
async def test_a_checkout_refuses_every_wrong_field_by_its_name(shop: Shop) -> None:
    def one(**changes: Any) -> list[dict[str, Any]]:
        item = {"sku_id": shop.sku_ids[0], "quantity": 1} | changes
        return [{name: value for name, value in item.items() if value is not ...}]

    wrong: list[tuple[str, dict[str, Any]]] = [
        ("from_cart", shop.choice(from_cart=...)),
        *(("from_cart", shop.choice(from_cart=value)) for value in NO_BOOLEANS),
        ("address_id", shop.choice(address_id=...)),
        *(("address_id", shop.choice(address_id=value)) for value in IDS_THAT_ARE_NONE),
        *(("items.0.sku_id", shop.choice(items=one(sku_id=value))) for value in IDS_THAT_ARE_NONE),
        ("items.0.sku_id", shop.choice(items=one(sku_id=...))),
        ("items.0.quantity", shop.choice(items=one(quantity=...))),
        *(("items.0.quantity", shop.choice(items=one(quantity=v))) for v in QUANTITIES_THAT_ARE_NONE),
        ("items.0.price_fen", shop.choice(items=one(price_fen=1))),
        ("items", shop.choice(items=one() * 101)),
        ("items", shop.choice(items="1")),
        ("body", shop.choice(items=one() * 2)),
        ("body", shop.choice(from_cart=True)),
        ("body", shop.choice(sku_ids=[shop.sku_ids[0]])),
        ("sku_ids.0", shop.choice(from_cart=True, items=None, sku_ids=[7])),
        ("body", shop.choice(from_cart=True, items=None, sku_ids=[shop.sku_ids[0]] * 2)),
        ("remarks", shop.choice(remarks=[])),
        (f"remarks.{shop.merchant_id}", shop.choice(remarks={str(shop.merchant_id): "轻" * 201})),
        (f"remarks.{shop.merchant_id}", shop.choice(remarks={str(shop.merchant_id): 1})),
        ("coupon_claim_ids", shop.choice(coupon_claim_ids=["1"])),
        ("pay_fen", shop.choice(pay_fen=1)),
        ("member_id", shop.choice(member_id="1")),
    ]
    money = [("expected_pay_fen", shop.choice(expected_pay_fen=value)) for value in NO_MONEY]
    only_order = [("expected_pay_fen", shop.choice(expected_pay_fen=value)) for value in (None, ...)]
    before = await shop.fingerprint()

    for field, body in [*wrong, *money, *only_order]:
        answer = await shop.order(body)
        assert answer.refusal == (422, "request.invalid"), (field, body, answer.body)
        assert any(name.startswith(field) for name in answer.bad_fields), (field, answer.bad_fields)
    for field, body in [*wrong, *money]:
        answer = await shop.buyer.post("/store/v1/orders/preview", body)
        assert answer.refusal == (422, "request.invalid"), (field, body, answer.body)
    assert await shop.fingerprint() == before


async def test_a_checkout_of_what_cannot_be_had_says_why(shop: Shop) -> None:
    frozen = await make_merchant(shop.services)
    closed = await make_spu(shop.services, merchant_id=frozen, skus=[(100, 5)])
    off_shelf = await make_spu(shop.services, skus=[(100, 5)])
    await change_merchant_status(shop.services.db, frozen, MerchantStatus.FROZEN)
    await take_off_shelf(shop.services, off_shelf.spu_id)

    def of(sku_id: object, quantity: int = 1) -> list[dict[str, Any]]:
        return [{"sku_id": str(sku_id), "quantity": quantity}]

    refusals = [
        (404, "order.sku_not_found", shop.choice(items=of(UNKNOWN))),
        (404, "order.sku_not_found", shop.choice(items=of(2**63 - 1))),
        (404, "order.address_not_found", shop.choice(address_id=UNKNOWN)),
        (404, "order.address_not_found", shop.choice(address_id=shop.foreign_address_id)),
        (409, "order.sku_off_shelf", shop.choice(items=of(off_shelf.sku_ids[0]))),
        (409, "order.merchant_closed", shop.choice(items=of(closed.sku_ids[0]))),
        (409, "order.sold_out", shop.choice(items=of(shop.sku_ids[0], 6), expected_pay_fen=600)),
        (409, "order.cart_changed", shop.choice(from_cart=True, items=None, sku_ids=[shop.sku_ids[0]])),
        (422, "order.nothing_chosen", shop.choice(items=[])),
        (422, "order.nothing_chosen", shop.choice(items=None)),
        (422, "order.nothing_chosen", shop.choice(from_cart=True, items=None)),
        (422, "order.remark_for_nobody", shop.choice(remarks={UNKNOWN: "轻放"})),
    ]
    before = await shop.fingerprint()
    for status, code, body in refusals:
        assert (await shop.order(body)).refusal == (status, code), body
        answer = await shop.buyer.post("/store/v1/orders/preview", body)
        assert answer.refusal == (status, code), body
    assert await shop.fingerprint() == before


async def test_a_price_that_changed_since_it_was_seen_is_told_and_orders_nothing(shop: Shop) -> None:
    seen = await shop.buyer.post("/store/v1/orders/preview", shop.choice())
    await change_price(shop.services, Id(int(shop.sku_ids[0])), Fen(120))
    before = await shop.fingerprint()

    refused = await shop.order(shop.choice(expected_pay_fen=seen.body["pay_fen"]))

    assert refused.refusal == (409, "order.price_changed")
    assert refused.body["details"] == {"pay_fen": 120}
    assert await shop.fingerprint() == before
    accepted = await shop.order(shop.choice(expected_pay_fen=refused.body["details"]["pay_fen"]))
    assert (accepted.status, accepted.body["pay_fen"]) == (201, 120)


async def test_the_cart_refuses_every_wrong_field(shop: Shop) -> None:
    await shop.buyer.post("/store/v1/cart/items", {"sku_id": shop.sku_ids[0], "quantity": 2})
    item = f"/store/v1/cart/items/{shop.sku_ids[0]}"

    def adding(**changes: Any) -> Any:
        body = {"sku_id": shop.sku_ids[1], "quantity": 1} | changes
        return shop.buyer.post(
            "/store/v1/cart/items", {name: value for name, value in body.items() if value is not ...}
        )

    invalid: list[tuple[str, Any]] = [
        *((f"add {v!r}", adding(quantity=v)) for v in (*QUANTITIES_THAT_ARE_NONE, ...)),
        *((f"add sku {v!r}", adding(sku_id=v)) for v in (*IDS_THAT_ARE_NONE, ...)),
        *((f"add source {v!r}", adding(source=v)) for v in NO_SOURCES),
        ("unknown field", adding(price_fen=1)),
        *((f"set {v!r}", shop.buyer.patch(item, {"quantity": v})) for v in QUANTITIES_THAT_ARE_NONE),
        *((f"tick {v!r}", shop.buyer.patch(item, {"selected": v})) for v in NO_BOOLEANS),
        ("set nothing", shop.buyer.patch(item, {})),
        ("set an unknown field", shop.buyer.patch(item, {"quantity": 1, "price": 1})),
        *(
            (f"tick all {v!r}", shop.buyer.post("/store/v1/cart/selection", v))
            for v in ({}, {"selected": 1}, [])
        ),
        ("delete nothing", shop.buyer.delete("/store/v1/cart/items")),
        ("delete x", shop.buyer.delete("/store/v1/cart/items", query=[("sku_id", "x")])),
        (
            "delete 101",
            shop.buyer.delete("/store/v1/cart/items", query=[("sku_id", str(n)) for n in range(1, 102)]),
        ),
        ("path id", shop.buyer.patch("/store/v1/cart/items/0", {"quantity": 1})),
    ]
    await require_refused(shop, invalid, (422, "request.invalid"))
    cart = (await shop.buyer.get("/store/v1/cart")).body
    assert (cart["total_quantity"], cart["selected_amount_fen"]) == (2, 200)


async def test_the_cart_of_another_member_is_out_of_reach(shop: Shop) -> None:
    added = await shop.buyer.post("/store/v1/cart/items", {"sku_id": shop.sku_ids[0], "quantity": 2})
    item = f"/store/v1/cart/items/{shop.sku_ids[0]}"
    body = shop.choice(from_cart=True, items=None, sku_ids=[shop.sku_ids[0]], expected_pay_fen=200)

    assert added.status == 201
    await require_refused(
        shop, [("change", shop.stranger.patch(item, {"quantity": 9}))], (404, "cart.item_not_found")
    )
    own_address = body | {"address_id": shop.foreign_address_id}
    assert (await shop.order(own_address, caller=shop.stranger)).refusal == (409, "order.cart_changed")
    await shop.stranger.delete("/store/v1/cart/items", query={"sku_id": shop.sku_ids[0]})
    await shop.stranger.post("/store/v1/cart/selection", {"selected": False})
    assert (await shop.stranger.get("/store/v1/cart")).body["merchants"] == []
    assert (await shop.buyer.get("/store/v1/cart")).body == added.body
    assert (await shop.order(body)).status == 201


@pytest.mark.requirement("S2-091")
async def test_orders_and_payments_of_another_member_look_like_none(shop: Shop) -> None:
    placed = (await shop.order()).body
    detail = (await shop.buyer.get(f"/store/v1/orders/{placed['order_id']}")).body
    for order_id in (placed["order_id"], UNKNOWN):
        path = f"/store/v1/orders/{order_id}"
        await require_refused(
            shop,
            [
                ("see", shop.stranger.get(path)),
                ("cancel", shop.stranger.post(f"{path}/cancel")),
                ("pay", shop.stranger.post(f"{path}/payments", {"method": "wechatpay.native"})),
            ],
            (404, "order.not_found"),
        )
    payments = [
        (number, caller.get(f"/store/v1/payments/{number}"))
        for caller, number in (
            (shop.stranger, detail["payment_no"]),
            (shop.buyer, "P0"),
            (shop.buyer, "x" * 500),
            (shop.buyer, "%E4%B8%87"),
            (shop.buyer, "' OR 1=1 --"),
        )
    ]
    await require_refused(shop, payments, (404, "order.not_found"))
    assert (await shop.stranger.get("/store/v1/orders")).body == {"items": [], "next_cursor": None}
    assert (await shop.buyer.get("/store/v1/orders")).body["items"][0]["order_id"] == placed["order_id"]
    assert (await shop.buyer.post(f"/store/v1/orders/{placed['order_id']}/cancel")).status == 200


async def test_paying_refuses_what_no_method_is_called_and_what_a_shopper_may_not_say(shop: Shop) -> None:
    placed = (await shop.order()).body
    path = f"/store/v1/orders/{placed['order_id']}/payments"
    bodies: list[Any] = [
        {},
        *(
            {"method": value}
            for value in (None, 1, "", "wechatpay", "WECHATPAY.NATIVE", "a.b.c", "x" * 60 + ".native")
        ),
        *(
            {"method": "wechatpay.native", field: "1"}
            for field in ("openid", "client_ip", "amount_fen", "auth_code")
        ),
    ]
    await require_refused(
        shop, [(repr(body), shop.buyer.post(path, body)) for body in bodies], (422, "request.invalid")
    )
    before = await rows_of(shop.services, Order)

    answer = await shop.buyer.post(path, {"method": "nobody.native"})

    assert answer.refusal == (409, "payment.method_not_offered")
    assert await rows_of(shop.services, Order) == before
    assert await rows_of(shop.services, PaymentAttempt) == []


async def test_lists_refuse_sizes_statuses_and_cursors_that_no_list_gave(shop: Shop) -> None:
    await shop.order()
    wrong = [
        *(("limit", {"limit": value}) for value in ("0", "101", "-1", "x", "1.5", "1.0", "")),
        *(("status", {"status": value}) for value in ("0", "5", "7", "x", "to_pay")),
    ]
    await require_refused(
        shop,
        [(f"{name} {query}", shop.buyer.get("/store/v1/orders", query=query)) for name, query in wrong],
        (422, "request.invalid"),
    )
    cursors = [
        "x",
        "é",
        "W10",
        encode_cursor(["1", 1]),
        encode_cursor([1]),
        encode_cursor([2**63 - 1, 1]),
        encode_cursor([-(2**62), 1]),
        encode_cursor([1, 2**63]),
        "x" * 512,
    ]
    await require_refused(
        shop,
        [(cursor, shop.buyer.get("/store/v1/orders", query={"cursor": cursor})) for cursor in cursors],
        (422, "paging.cursor_invalid"),
    )
    too_long = await shop.buyer.get("/store/v1/orders", query={"cursor": "x" * 513})
    assert too_long.refusal == (422, "request.invalid")


WRITES = (
    ("POST", "/store/v1/cart/items"),
    ("PATCH", "/store/v1/cart/items/7"),
    ("POST", "/store/v1/cart/selection"),
    ("POST", "/store/v1/orders/preview"),
    ("POST", "/store/v1/orders"),
    ("POST", "/store/v1/orders/7/payments"),
)
READS = (
    ("GET", "/store/v1/cart"),
    ("DELETE", "/store/v1/cart/items?sku_id=7"),
    ("GET", "/store/v1/orders"),
    ("GET", "/store/v1/orders/counts"),
    ("GET", "/store/v1/orders/7"),
    ("POST", "/store/v1/orders/7/cancel"),
    ("GET", "/store/v1/payments/P7"),
)


@pytest.mark.requirement("S2-076")
async def test_every_write_refuses_a_body_that_is_no_single_json_document(shop: Shop) -> None:
    bodies = [
        b"{",
        b"",
        b"\xff{}",
        b"{} {}",
        b"[" * 40 + b"]" * 40,
        b'{"selected": NaN}',
        b'{"quantity": 1, "quantity": 2}',
        b'{"sku_id": "\\ud800"}',
        b'{"quantity": ' + b"9" * 200 + b"}",
        b"null",
        b"[]",
        b'"text"',
    ]
    before = await shop.fingerprint()
    for method, path in WRITES:
        for raw in bodies:
            answer = await shop.buyer.send(method, path, raw=raw, headers={"Idempotency-Key": "k"})
            assert answer.status == 422, (method, path, raw[:40], answer.body)
            assert answer.body["code"] in ("request.malformed_json", "request.invalid"), (path, raw[:40])
        as_form = {"Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": "k"}
        answer = await shop.buyer.send(method, path, raw=b"selected=true", headers=as_form)
        assert answer.refusal == (415, "request.unsupported_media_type"), path
        oversized = json.dumps({"sku_id": "7" * 10_000_000}).encode()
        answer = await shop.buyer.send(method, path, raw=oversized, headers={"Idempotency-Key": "k"})
        assert answer.refusal == (413, "request.too_large"), path
    assert await shop.fingerprint() == before


async def test_every_route_refuses_nobody_a_made_up_token_and_one_that_is_over(
    shop: Shop, clock: ManualClock
) -> None:
    forged = shop.nobody.with_token("0" * 64)
    before = await shop.fingerprint()
    for method, path in (*WRITES, *READS):
        raw = b"{}" if (method, path) in WRITES else None
        answer = await shop.nobody.send(method, path, raw=raw)
        assert answer.refusal == (401, "auth.required"), path
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert (await forged.send(method, path, raw=raw)).refusal == (401, "auth.token_invalid"), path
    clock.advance(timedelta(days=30))
    for method, path in (*WRITES, *READS):
        raw = b"{}" if (method, path) in WRITES else None
        answer = await shop.buyer.send(method, path, raw=raw)
        assert answer.refusal == (401, "auth.token_expired"), path
    assert await shop.fingerprint() == before


async def test_a_pay_link_that_was_made_up_opens_nothing(shop: Shop) -> None:
    placed = (await shop.order()).body
    path, _, proof = placed["cashier_url"].partition("?t=")
    before = await shop.fingerprint()

    for address in (
        path,
        f"{path}?t=",
        f"{path}?t={'0' * 32}",
        f"/pay/20260101?t={proof}",
        f"{path}?t={'x' * 9999}",
    ):
        answer = await shop.nobody.get(address)
        assert answer.status == 404, address
    assert await shop.fingerprint() == before

    opened = await shop.nobody.get(placed["cashier_url"])
    assert opened.status == 303
    assert opened.headers["Location"].startswith("/cashier/")
