"""What tests of the order room put into a checkout, and what they look at afterwards."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import count as counting
from typing import Any

import orjson
from sqlalchemy import event, func, select
from tests.builders import make_address
from tests.wanpu.order.scripted_payments import ScriptedPayments

from wanpu.crm.models import Member
from wanpu.infra.database import Database
from wanpu.infra.services import Services, open_services
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen
from wanpu.order import OrderNumbers, OrderServices, audit_orders, queries
from wanpu.order.service.placing import Placed, PlaceOrder, place_orders
from wanpu.order.service.shelf import Choice
from wanpu.product import audit_stock
from wanpu.product.models import SkuStock

_member_ids = counting(70_001)
_keys = counting(1)


@dataclass(frozen=True)
class Buyer:
    """A member who can order: an account that never signs in, and an address."""

    member_id: Id
    address_id: Id


async def make_buyer(services: Services) -> Buyer:
    """A new member with one address; nobody signs in as it, so no password has to be hashed."""
    member_id = Id(next(_member_ids))
    async with services.db.transaction() as session:
        session.add(Member(user_id=member_id, username=f"buyer{member_id}"))
    address = await make_address(services, member_id)
    return Buyer(member_id, address.id)


def buying(
    buyer: Buyer,
    quantities: Mapping[Id, int],
    pay_fen: int,
    *,
    key: str | None = None,
    remarks: Mapping[Id, str] | None = None,
) -> PlaceOrder:
    """A direct purchase; the key is a new one unless given."""
    choice = Choice(
        member_id=buyer.member_id,
        from_cart=False,
        sku_ids=tuple(sorted(quantities)),
        quantities=dict(quantities),
        address_id=buyer.address_id,
        remarks=dict(remarks or {}),
    )
    return _submit(choice, pay_fen, key)


def buying_cart(buyer: Buyer, sku_ids: Sequence[Id], pay_fen: int, *, key: str | None = None) -> PlaceOrder:
    """A purchase of cart rows; the key is a new one unless given."""
    choice = Choice(buyer.member_id, True, tuple(sorted(sku_ids)), {}, buyer.address_id)
    return _submit(choice, pay_fen, key)


def _submit(choice: Choice, pay_fen: int, key: str | None) -> PlaceOrder:
    content = repr((choice.from_cart, sorted(choice.sku_ids), sorted(choice.quantities.items()), pay_fen))
    fingerprint = hashlib.sha256(content.encode()).hexdigest()
    return PlaceOrder(choice, Fen(pay_fen), key or f"key-{next(_keys)}", fingerprint)


def to_address(command: PlaceOrder, address_id: Id) -> PlaceOrder:
    """The same purchase for another address."""
    return replace(command, choice=replace(command.choice, address_id=address_id))


def placed_json(result: object) -> dict[str, Any]:
    """The answer of an order that must have been placed."""
    assert isinstance(result, Placed), result
    answer: dict[str, Any] = orjson.loads(result.body)
    return answer


async def place(orders: OrderServices, command: PlaceOrder) -> dict[str, Any]:
    """Place one order that must succeed; its answer."""
    [result] = await place_orders(orders, [command])
    return placed_json(result)


async def stock_of(services: Services, sku_id: Id) -> tuple[int, int, int]:
    """Available, held and sold units."""
    async with services.db.reading() as session:
        row = (await session.execute(select(SkuStock).where(SkuStock.sku_id == sku_id))).scalar_one()
    return row.available, row.held, row.sold


async def count(services: Services, model: type[Any]) -> int:
    """How many rows a table has."""
    async with services.db.reading() as session:
        return (await session.execute(select(func.count()).select_from(table_of(model)))).scalar_one()


async def rows_of(services: Services, model: type[Any]) -> list[dict[str, Any]]:
    """Every row of a table, in the order of its primary key."""
    table = table_of(model)
    async with services.db.reading() as session:
        found = await session.execute(select(table).order_by(*table.primary_key.columns))
        return [dict(row) for row in found.mappings()]


async def require_sound_books(services: Services) -> None:
    """Sums, states and stock of the whole database hold."""
    async with services.db.snapshot() as session:
        assert await audit_orders(session) == []
        assert await audit_stock(session) == []


async def payment_no_of(services: Services, order: Mapping[str, Any]) -> str:
    """The number that was drawn for an order's payment."""
    async with services.db.reading() as session:
        row = await queries.get_order(session, Id(int(order["order_id"])))
    number: str = row["payment_no"]
    return number


async def statuses_of(services: Services, order: Mapping[str, Any]) -> tuple[int, list[int]]:
    """The status of an order, and those of its seller orders."""
    order_id = Id(int(order["order_id"]))
    async with services.db.reading() as session:
        row = await queries.get_order(session, order_id)
        sellers, _ = await queries.list_parts(session, [order_id])
    return int(row["status"]), [int(seller["status"]) for seller in sellers[order_id]]


async def steps_of(services: Services, order: Mapping[str, Any]) -> list[str]:
    """The events of an order's timeline, oldest first."""
    async with services.db.reading() as session:
        return [log["event"] for log in await queries.list_logs(session, Id(int(order["order_id"])))]


async def second_process(services: Services, payments: ScriptedPayments) -> OrderServices:
    """The order room over connections of its own, as another process has it."""
    own = await open_services(services.settings, clock=services.clock)
    shared = {field.name: getattr(own, field.name) for field in fields(Services)}
    return OrderServices(
        **shared, payments=payments, numbers=OrderNumbers(own.serials, own.vault, own.tokens)
    )


def will_wait_for_a_lock(db: Database) -> asyncio.Event:
    """Set when the database is asked for a lock on a cart or stock row (servers) or for the one writer
    (SQLite)."""
    return _will_ask(db, ("sku_stock", "shopping_cart_item"), "FOR UPDATE")


def will_write_a_key(db: Database) -> asyncio.Event:
    """Set when the database is given an idempotency key, which waits for another transaction that writes the
    same (servers), or is asked for the one writer (SQLite)."""
    return _will_ask(db, ("idempotency_key",), "INSERT")


def _will_ask(db: Database, tables: Sequence[str], word: str) -> asyncio.Event:
    reached = asyncio.Event()

    @event.listens_for(db.engine.sync_engine, "before_cursor_execute")
    def look(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        is_of_them = any(table in statement for table in tables)
        if statement == "BEGIN IMMEDIATE" or (is_of_them and word in statement):
            reached.set()

    return reached
