"""The other side of the scale: one transaction per order, written by hand in SQL, from a C client.

The rows are those of a real order that was placed just before, column by column and of the same size;
ids, numbers and SKUs are new ones each time. Reads and checks are left out, but for the condition on
stock, so the script does less than the mall does.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Table, select

from bench.world import World
from wanpu.crm.models import MemberAddress
from wanpu.infra.models import DueWork, IdempotencyKey, OutboxEvent
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen
from wanpu.order.models import Order, OrderItem, OrderLog, SellerOrder
from wanpu.order.service.placing import Placed, PlaceOrder, place_orders
from wanpu.order.service.shelf import Choice
from wanpu.order.services import OrderServices
from wanpu.product.models import SkuStock, StockJournal

Row = Mapping[str, Any]

_TABLES = (
    (Order, "id"),
    (SellerOrder, "order_id"),
    (OrderItem, "order_id"),
    (OrderLog, "order_id"),
)
DATABASE_DRAWN = {OrderLog, OutboxEvent, StockJournal}
"""Tables whose id the database draws."""


class SampleOrder:
    """The rows of one placed order, by table, and how many there are."""

    def __init__(self, rows: dict[type[Any], list[Row]]) -> None:
        self.rows = rows

    @property
    def written(self) -> str:
        """What one order writes, for the printed report."""
        inserted = sum(len(rows) for rows in self.rows.values())
        moved = len(self.rows[StockJournal])
        return f"{inserted} rows inserted, {moved} stock rows changed"


async def sample_order(
    orders: OrderServices, world: World, sku_ids: Sequence[int], pay_fen: int
) -> SampleOrder:
    """Place one order the ordinary way and read back every row that it wrote."""
    choice = Choice(
        member_id=Id(1),
        from_cart=False,
        sku_ids=tuple(Id(sku_id) for sku_id in sorted(sku_ids)),
        quantities={Id(sku_id): 1 for sku_id in sku_ids},
        address_id=Id(1),
    )
    [placed] = await place_orders(orders, [PlaceOrder(choice, Fen(pay_fen), "sample", "0" * 64)])
    assert isinstance(placed, Placed), placed
    order_id = int(orjson.loads(placed.body)["order_id"])
    rows: dict[type[Any], list[Row]] = {}
    async with world.services.db.reading() as session:

        async def read(model: type[Any], condition: Any) -> None:
            table = table_of(model)
            found = await session.execute(select(table).where(condition))
            rows[model] = [dict(row) for row in found.mappings()]

        for model, column in _TABLES:
            await read(model, table_of(model).c[column] == order_id)
        items = [str(row["id"]) for row in rows[OrderItem]]
        await read(StockJournal, StockJournal.ref.in_(items))
        await read(OutboxEvent, OutboxEvent.aggregate == f"order:{order_id}")
        await read(DueWork, DueWork.ref == str(order_id))
        await read(IdempotencyKey, IdempotencyKey.key == "sample")
        assert (await session.execute(select(MemberAddress.id).limit(1))).scalar_one()
    return SampleOrder(rows)


class Script:
    """Writes the statements of one transaction in the dialect of one client."""

    def __init__(self, sample: SampleOrder, shelves: Sequence[Sequence[int]]) -> None:
        self.sample = sample
        self.shelves = shelves
        self.order_id = int(sample.rows[Order][0]["id"])
        self.sellers = [int(row["id"]) for row in sample.rows[SellerOrder]]
        self.items = [int(row["id"]) for row in sample.rows[OrderItem]]
        self.skus = [int(row["sku_id"]) for row in sample.rows[OrderItem]]

    def inserts(self, dialect: "Dialect") -> Iterator[str]:
        """One multi-row INSERT per table, order first, each written when it is asked for."""
        return (self._insert(model, rows, dialect) for model, rows in self.sample.rows.items())

    def _insert(self, model: type[Any], rows: Sequence[Row], dialect: "Dialect") -> str:
        table = table_of(model)
        columns = [c.name for c in table.columns if not (model in DATABASE_DRAWN and c.name == "id")]
        values = ", ".join(
            "(" + ", ".join(self._value(table, name, row[name], dialect) for name in columns) + ")"
            for row in rows
        )
        quoted = ", ".join(dialect.quote(name) for name in columns)
        return f"INSERT INTO {dialect.quote(table.name)} ({quoted}) VALUES {values}"

    def _value(self, table: Table, column: str, value: Any, dialect: "Dialect") -> str:
        if isinstance(value, int) and not isinstance(value, Enum | bool):
            if value == self.order_id:
                return dialect.number("order", 0)
            if value in self.sellers and column in ("id", "seller_order_id"):
                return dialect.number("order", 1 + self.sellers.index(value))
            if value in self.items and column == "id":
                return dialect.number("order", 10 + self.items.index(value))
            if value in self.skus and column == "sku_id":
                return dialect.sku(self.skus.index(value))
        if column in ("order_no", "payment_no", "key", "ref", "aggregate"):
            nth = self.items.index(int(value)) if table.name == "stock_journal" else 0
            return dialect.text_number({"aggregate": "order:"}.get(column, f"{nth}-"), len(str(value)))
        return literal(value)


class Dialect:
    """How one client writes the changing parts."""

    def quote(self, name: str) -> str:
        raise NotImplementedError

    def number(self, name: str, offset: int) -> str:
        raise NotImplementedError

    def text_number(self, prefix: str, length: int) -> str:
        raise NotImplementedError

    def sku(self, shelf: int) -> str:
        raise NotImplementedError


class Pgbench(Dialect):
    def __init__(self, shelves: Sequence[Sequence[int]]) -> None:
        self.arrays = [f"ARRAY[{','.join(map(str, shelf))}]::bigint[]" for shelf in shelves]

    def quote(self, name: str) -> str:
        return f'"{name}"'

    def number(self, name: str, offset: int) -> str:
        return f"CAST(:{name}_id AS bigint) + {offset}"

    def text_number(self, prefix: str, length: int) -> str:
        return f"'{prefix}' || CAST(:order_id AS text)"

    def sku(self, shelf: int) -> str:
        return f"({self.arrays[shelf]})[CAST(:sku{shelf} AS int)]"


class Sysbench(Dialect):
    """Prepared statements: each changing part is a `?`, and `taken` tells what to bind to them."""

    def __init__(self) -> None:
        self._binds: list[str] = []

    def taken(self) -> str:
        """The binds of the statement that was just written, as a Lua list."""
        binds, self._binds = self._binds, []
        return "{" + ", ".join(binds) + "}"

    def quote(self, name: str) -> str:
        return f"`{name}`"

    def number(self, name: str, offset: int) -> str:
        return self._bind(f"{{ {name} = {offset} }}")

    def text_number(self, prefix: str, length: int) -> str:
        return self._bind(f'{{ text = "{prefix}" }}')

    def sku(self, shelf: int) -> str:
        return self._bind(f"{{ shelf = {shelf + 1} }}")

    def _bind(self, what: str) -> str:
        self._binds.append(what)
        return "?"


def literal(value: Any) -> str:
    """A constant as both engines read it."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if value else "FALSE"
        case Enum():
            return literal(value.value)
        case int():
            return str(value)
        case datetime():
            return f"'{value:%Y-%m-%d %H:%M:%S.%f}'"
        case str():
            return _quoted(value)
    return _quoted(orjson.dumps(value).decode())


def _quoted(text: str) -> str:
    """A text constant; a colon before a letter gets a blank, or pgbench would take it for a variable."""
    return "'" + re.sub(r":(?=[A-Za-z_])", ": ", text).replace("'", "''") + "'"


def write_pgbench(sample: SampleOrder, shelves: Sequence[Sequence[int]], path: Path) -> Path:
    """A pgbench script: the whole transaction in one pipeline, prepared once."""
    script, dialect = Script(sample, shelves), Pgbench(shelves)
    lines = ["\\set order_id random(1, 400000000000000000) * 20"]
    lines += [f"\\set sku{n} random(1, {len(shelf)})" for n, shelf in enumerate(shelves)]
    skus = ", ".join(dialect.sku(n) for n in range(len(shelves)))
    stock = table_of(SkuStock).name
    lines += [
        "\\startpipeline",
        "BEGIN;",
        f"UPDATE {stock} SET available = available - 1, held = held + 1, updated_at = now() "
        f"WHERE sku_id IN (SELECT sku_id FROM {stock} WHERE sku_id IN ({skus}) AND available >= 1 "
        "ORDER BY sku_id FOR UPDATE);",
        *(f"{statement};" for statement in script.inserts(dialect)),
        "COMMIT;",
        "\\endpipeline",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_sysbench(sample: SampleOrder, shelves: Sequence[Sequence[int]], path: Path) -> Path:
    """A sysbench script: one prepared multi-row statement per table inside one transaction.

    The shelves' SKUs stand in the order of their ids, so stock rows are locked in one order.
    """
    dialect = Sysbench()
    statements: list[str] = []

    def prepare(statement: str) -> None:
        statements.append(f"  {{ sql = [==[{statement}]==], binds = {dialect.taken()} }}")

    skus = ", ".join(dialect.sku(n) for n in range(len(shelves)))
    prepare(
        f"UPDATE {table_of(SkuStock).name} SET available = available - 1, held = held + 1, "
        f"updated_at = NOW(6) WHERE sku_id IN ({skus}) AND available >= 1"
    )
    for statement in Script(sample, shelves).inserts(dialect):
        prepare(statement)
    shelf_lists = ",\n".join("  {" + ",".join(map(str, shelf)) + "}" for shelf in shelves)
    texts = ",\n".join(statements)
    path.write_text(
        f"local shelves = {{\n{shelf_lists}\n}}\nlocal statements = {{\n{texts}\n}}\n" + _SYSBENCH_BODY,
        encoding="utf-8",
    )
    return path


_SYSBENCH_BODY = """
local TEXT_LENGTH = 40
local con, begin, commit
local prepared = {}
local orders = 0

-- An order's number is the thread's and its own count, so no two threads ever draw the same.
local function next_order()
  orders = orders + 1
  return (1000 + sysbench.tid) * 1000000000000 + orders * 100
end

function thread_init()
  con = sysbench.sql.driver():connect()
  con:query("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
  con:query("SET SESSION innodb_lock_wait_timeout = 5")
  begin, commit = con:prepare("BEGIN"), con:prepare("COMMIT")
  for n, statement in ipairs(statements) do
    local made = { statement = con:prepare(statement.sql), parameters = {} }
    for place, bind in ipairs(statement.binds) do
      if bind.text then
        made.parameters[place] = made.statement:bind_create(sysbench.sql.type.VARCHAR, TEXT_LENGTH)
      else
        made.parameters[place] = made.statement:bind_create(sysbench.sql.type.BIGINT)
      end
    end
    made.statement:bind_param(unpack(made.parameters))
    prepared[n] = made
  end
end

function event()
  local order, skus = next_order(), {}
  local text = string.format("%.0f", order)
  for n, shelf in ipairs(shelves) do skus[n] = shelf[sysbench.rand.uniform(1, #shelf)] end
  begin:execute()
  for n, made in ipairs(prepared) do
    for place, bind in ipairs(statements[n].binds) do
      made.parameters[place]:set(bind.text and bind.text .. text or bind.shelf and skus[bind.shelf]
        or order + bind.order)
    end
    made.statement:execute()
  end
  commit:execute()
end

function thread_done()
  con:disconnect()
end
"""
