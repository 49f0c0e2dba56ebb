"""Shoppers, their wallets, and a look into the books: the words in which flows are told."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import aiohttp
from sqlalchemy import select, update

from tests.builders import make_spu
from tests.flows.crowd import Ask
from tests.flows.running import RunningMall
from tests.http import Answer, Caller
from tests.wanpu_sandbox.running import RunningSandbox
from wanpu.audit import Report, audit_everything
from wanpu.crm.models import Member, MemberAddress, MemberToken
from wanpu.infra.models import DueWork, FencingNumber
from wanpu.infra.services import Services
from wanpu.kernel.audit import Finding
from wanpu.kernel.ids import Id
from wanpu.payment.models import MoneyException, Payment, PaymentAttempt
from wanpu.product import StockStrategy
from wanpu.product.models import SkuStock

NATIVE = {"method": "wechatpay.native"}
ADDRESS = {
    "recv_name": "张三",
    "recv_tel": "13800138000",
    "recv_province": "浙江省",
    "recv_city": "杭州市",
    "recv_area": "西湖区",
    "recv_addr": "文三路 1 号",
    "recv_post_code": "310000",
}
SETTLED_WITHIN_S = 30
_numbers = count(1)


async def until(look: Callable[[], Awaitable[Any]], *, within_s: float = SETTLED_WITHIN_S) -> Any:
    """What `look` gives as soon as it gives something; a test that waits in vain fails."""
    async with asyncio.timeout(within_s):
        while not (found := await look()):
            await asyncio.sleep(0.05)
    return found


class Wallet:
    """The provider's side: phones that scan, and tricks that the provider may play."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str) -> None:
        self.base_url = base_url
        self._caller = Caller(session, base_url)

    async def scan(self, payment: Mapping[str, Any], outcome: str = "paid") -> Answer:
        """Scan the QR code of a payment and end with this outcome."""
        body = {"content": payment["action"]["content"], "wallet": "wechat", "outcome": outcome}
        return await self._caller.post("/_sandbox/pay", body)

    async def play(self, **faults: Any) -> None:
        """Replace the tricks of the provider."""
        answer = await self._caller.send("PUT", "/_sandbox/faults", faults)
        assert answer.status == 200, answer.body

    async def play_fair(self) -> None:
        await self.play()

    async def forge(self, payment: Mapping[str, Any], forge: str, **changes: Any) -> int | None:
        """Send a false notification about a payment; the status that the mall answered."""
        body = {"content": payment["action"]["content"], "forge": forge, "changes": changes}
        answer = await self._caller.post("/_sandbox/notifications/forge", body)
        status: int | None = answer.body["http_status"]
        return status

    async def notification_of(self, number: str) -> dict[str, Any]:
        """The newest notification about a trade number, delivered or withheld."""

        async def look() -> dict[str, Any] | None:
            answer = await self._caller.get("/_sandbox/notifications", query={"limit": "500"})
            for one in answer.body["items"]:
                if number in json.dumps(one["resource"]):
                    return dict(one)
            return None

        found: dict[str, Any] = await until(look)
        return found

    async def send(self, notification: Mapping[str, Any]) -> Answer:
        """Send a notification once more, whatever its state."""
        return await self._caller.post(f"/_sandbox/notifications/{notification['id']}/send")

    def sending(self, notification: Mapping[str, Any]) -> Ask:
        """The same as one request of a crowd."""
        return Ask("POST", f"{self.base_url}/_sandbox/notifications/{notification['id']}/send")

    async def trades_of(self, number: str) -> list[dict[str, Any]]:
        """Trades under a plain or combined number."""
        answer = await self._caller.get("/_sandbox/trades", query={"out_trade_no": number})
        return list(answer.body["items"])

    async def advance(self, step: timedelta) -> None:
        """Let the provider's business time pass."""
        await self._caller.post("/_sandbox/clock", {"advance_s": int(step.total_seconds())})


@dataclass
class Shopper:
    """A signed-in member with an address, and what a shopper does over HTTP."""

    http: Caller
    address_id: str

    async def put_into_cart(self, sku_id: Id, quantity: int = 1) -> Answer:
        return await self.http.post(
            "/store/v1/cart/items", {"sku_id": str(sku_id), "quantity": quantity, "source": 3}
        )

    async def preview_cart(self, sku_ids: Sequence[Id]) -> Answer:
        return await self.http.post("/store/v1/orders/preview", self._choice(sku_ids))

    async def order_cart(self, sku_ids: Sequence[Id], pay_fen: int, *, key: str = "cart") -> Answer:
        return await self.http.post(
            "/store/v1/orders",
            self._choice(sku_ids) | {"expected_pay_fen": pay_fen},
            headers={"Idempotency-Key": key},
        )

    async def order(self, units: Mapping[Id, int], pay_fen: int) -> dict[str, Any]:
        """Order directly; it must succeed."""
        ask = self.ordering(units, pay_fen)
        answer = await self.http.post("/store/v1/orders", ask.body, headers=ask.headers)
        assert answer.status == 201, answer.body
        return dict(answer.body)

    def ordering(self, units: Mapping[Id, int], pay_fen: int) -> Ask:
        """The same as one request of a crowd; every one has a key of its own."""
        body = {
            "from_cart": False,
            "items": [{"sku_id": str(sku_id), "quantity": many} for sku_id, many in units.items()],
            "address_id": self.address_id,
            "expected_pay_fen": pay_fen,
        }
        key = f"order-{next(_numbers)}"
        headers = {"Idempotency-Key": key, "Authorization": f"Bearer {self.http.token}"}
        return Ask("POST", f"{self.http.base_url}/store/v1/orders", body, headers)

    async def start_payment(self, order: Mapping[str, Any]) -> Answer:
        return await self.http.post(f"/store/v1/orders/{order['order_id']}/payments", NATIVE)

    async def pay(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Begin to pay; there must be a code to scan."""
        answer = await self.start_payment(order)
        assert answer.status == 201, answer.body
        assert answer.body["status"] == "paying"
        return dict(answer.body)

    def paying(self, order: Mapping[str, Any]) -> Ask:
        """The same as one request of a crowd."""
        url = f"{self.http.base_url}/store/v1/orders/{order['order_id']}/payments"
        return Ask("POST", url, NATIVE, {"Authorization": f"Bearer {self.http.token}"})

    async def cancel(self, order: Mapping[str, Any]) -> Answer:
        return await self.http.post(f"/store/v1/orders/{order['order_id']}/cancel")

    async def see(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """The order's detail."""
        answer = await self.http.get(f"/store/v1/orders/{order['order_id']}")
        assert answer.status == 200, answer.body
        return dict(answer.body)

    async def see_payment(self, payment: Mapping[str, Any]) -> dict[str, Any]:
        answer = await self.http.get(f"/store/v1/payments/{payment['payment_no']}")
        assert answer.status == 200, answer.body
        return dict(answer.body)

    async def wait_for(self, order: Mapping[str, Any], status_name: str) -> dict[str, Any]:
        """The order as soon as it has this status."""

        async def look() -> dict[str, Any] | None:
            seen = await self.see(order)
            return seen if seen["status_name"] == status_name else None

        found: dict[str, Any] = await until(look)
        return found

    def _choice(self, sku_ids: Sequence[Id]) -> dict[str, Any]:
        return {
            "from_cart": True,
            "sku_ids": [str(sku_id) for sku_id in sku_ids],
            "address_id": self.address_id,
        }


@dataclass
class Town:
    """One running mall, its provider, its shops and whoever buys there."""

    mall: RunningMall
    sandbox: RunningSandbox
    services: Services
    session: aiohttp.ClientSession
    shops: tuple[Id, ...]

    @property
    def wallet(self) -> Wallet:
        return Wallet(self.session, self.sandbox.base_url)

    @property
    def nobody(self) -> Caller:
        return Caller(self.session, self.mall.base_url)

    async def make_goods(
        self, *, price_fen: int = 100, stock: int = 50, shop: int = 0, strategy: StockStrategy | None = None
    ) -> Id:
        """One SKU of one of the shops."""
        spu = await make_spu(
            self.services,
            merchant_id=self.shops[shop],
            skus=[(price_fen, stock)],
            strategy=strategy or StockStrategy.ON_ORDER,
        )
        return spu.sku_ids[0]

    async def register(self) -> Shopper:
        """A new member by the front door, with an address."""
        number = next(_numbers)
        body = {
            "username": f"li{number}",
            "mobile": f"137{number:08d}",
            "password": "correct horse 42",
        }
        signed_in = await self.nobody.post("/store/v1/auth/register", body)
        assert signed_in.status == 201, signed_in.body
        caller = self.nobody.with_token(signed_in.body["token"])
        address = await caller.post("/store/v1/addresses", ADDRESS)
        assert address.status == 201, address.body
        return Shopper(caller, address.body["address_id"])

    async def invite(self, many: int) -> list[Shopper]:
        """Members that are signed in already: rows written at once, without hashing passwords."""
        member_ids = await self.services.serials.take("member", many)
        address_ids = await self.services.serials.take("member_address", many)
        now = self.services.clock.now()
        shoppers = []
        async with self.services.db.transaction() as session:
            for member_id, address_id in zip(member_ids, address_ids, strict=True):
                token, digest = self.services.tokens.new()
                session.add(Member(user_id=member_id, username=f"guest{member_id}"))
                until_then = now + timedelta(days=1)
                session.add(
                    MemberToken(token_hash=digest, user_id=member_id, expires_at=until_then, created_at=now)
                )
                session.add(MemberAddress(id=address_id, wx_user_id=member_id, default_for=None, **ADDRESS))
                shoppers.append(Shopper(self.nobody.with_token(token), str(address_id)))
        return shoppers

    async def stock_of(self, sku_id: Id) -> tuple[int, int, int]:
        """Available, held and sold units."""
        async with self.services.db.reading() as session:
            row = (await session.execute(select(SkuStock).where(SkuStock.sku_id == sku_id))).scalar_one()
        return row.available, row.held, row.sold

    async def attempt_no_of(self, payment: Mapping[str, Any]) -> str:
        """The channel's number of the live attempt of a payment."""
        statement = (
            select(PaymentAttempt.attempt_no)
            .join(Payment, Payment.id == PaymentAttempt.live_payment_id)
            .where(Payment.payment_no == payment["payment_no"])
        )
        async with self.services.db.reading() as session:
            return str((await session.execute(statement)).scalar_one())

    async def exceptions_of(self, number: str) -> list[MoneyException]:
        """Money exceptions about an attempt number, oldest first."""
        statement = select(MoneyException).where(MoneyException.attempt_no == number)
        async with self.services.db.reading() as session:
            return list((await session.execute(statement.order_by(MoneyException.id))).scalars())

    async def end_leases(self) -> None:
        """Let the time of every lock be over that a killed process held; it would take a quarter minute."""
        async with self.services.db.transaction() as session:
            await session.execute(update(FencingNumber).values(held_until=None))

    async def make_due(self, kind: str, ref: str) -> None:
        """Let the time of one piece of due work come now."""
        await self._move_due_work(kind, ref, self.services.clock.now())

    async def postpone(self, kind: str, ref: str) -> None:
        """Let one piece of due work rest for an hour."""
        await self._move_due_work(kind, ref, self.services.clock.now() + timedelta(hours=1))

    async def _move_due_work(self, kind: str, ref: str, due_at: datetime) -> None:
        """Wait until nobody is doing it, then move it."""
        statement = update(DueWork).where(
            DueWork.kind == kind, DueWork.ref == ref, DueWork.lease_token.is_(None)
        )

        async def move() -> bool:
            async with self.services.db.transaction() as session:
                result: Any = await session.execute(statement.values(due_at=due_at))
                return bool(result.rowcount)

        await until(move)

    async def audit(self) -> Report:
        """What the audit finds now."""
        return await audit_everything(self.services.db, self.services.vault)

    async def require_sound_books(self) -> None:
        """Nothing is broken, once every event is delivered."""

        async def look() -> bool:
            return not any(f.rule == "M2" for f in (await self.audit()).findings)

        await until(look)
        report = await self.audit()
        assert report.broken == []

    async def listed(self) -> list[Finding]:
        """The open cases that the audit lists."""
        return (await self.audit()).listed
