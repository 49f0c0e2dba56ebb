"""Orders a second over HTTP beside hand-written transactions, for many SKUs and for a hot one."""

from dataclasses import fields
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from bench.handwritten import sample_order, write_pgbench, write_sysbench
from bench.load import LoadFailed, pgbench, sysbench, wrk
from bench.report import Line
from bench.serving import served
from bench.world import PRICE_FEN, World, world
from wanpu.infra.services import Services
from wanpu.order import OrderNumbers, OrderServices, audit_orders
from wanpu.payment import LocalPaymentPort, open_payment_services
from wanpu.product import audit_stock

PORT = 8765
GOALS = {"postgresql": 0.5, "mariadb": 1.0}
HOT_GOALS = {"postgresql": 2.0, "mariadb": None}


async def measure(engine: str, folder: Path, seconds: int) -> list[Line]:
    """Five SKUs of two merchants, then one hot SKU; each in a database of its own, the mall first."""
    beside = "hand-written transactions from a C client, 64 clients"
    lines = []
    for name, is_hot, goal in (("place order", False, GOALS[engine]), ("hot SKU", True, HOT_GOALS[engine])):
        async with world(engine, folder) as made:
            safety = await _safety(engine, made)
            shelves = [[made.hot_sku]] if is_hot else made.shelves
            mall, script, written, audited = await _side_by_side(engine, made, shelves, folder, seconds)
        notes = [safety, f"both sides write per order: {written}", audited]
        lines.append(Line(f"{name}, {engine}", mall, script, goal, beside, notes))
    return lines


async def _side_by_side(
    engine: str, made: World, shelves: list[list[int]], folder: Path, seconds: int
) -> tuple[float, float, str, str]:
    pay_fen = PRICE_FEN * len(shelves)
    facts = {"pay_fen": pay_fen, "run": "measured", "tokens": made.tokens} | {
        f"shelf{n}": [str(sku_id) for sku_id in shelf] for n, shelf in enumerate(shelves, start=1)
    }
    with served(made, port=PORT) as url:
        wrk(
            f"{url}/store/v1/orders",
            seconds=2,
            script="orders.lua",
            facts=facts | {"run": "warmup"},
            folder=folder,
        )
        mall = wrk(f"{url}/store/v1/orders", seconds=seconds, script="orders.lua", facts=facts, folder=folder)
    audited = await _audit(made)
    sample = await sample_order(
        _order_services(made.services), made, [shelf[0] for shelf in shelves], pay_fen
    )
    database = str(make_url(made.settings.database_url).database)
    if engine == "postgresql":
        script = write_pgbench(sample, shelves, folder / "orders.sql")
        beside = pgbench(database, script, seconds=seconds)
    else:
        script = write_sysbench(sample, shelves, folder / "orders.lua")
        beside = sysbench(database, script, seconds=seconds)
    return mall, beside, sample.written, audited


def _order_services(services: Services) -> OrderServices:
    shared = {field.name: getattr(services, field.name) for field in fields(Services)}
    return OrderServices(
        **shared,
        payments=LocalPaymentPort(open_payment_services(services)),
        numbers=OrderNumbers(services.serials, services.vault, services.tokens),
    )


async def _audit(made: World) -> str:
    """The books after the load: every invariant of stock and orders.

    Raises:
        LoadFailed: one is broken, so the figure means nothing.
    """
    async with made.services.db.snapshot() as session:
        findings = [*await audit_stock(session), *await audit_orders(session)]
        orders = (await session.execute(text(f"SELECT count(*) FROM {_quoted(made)}"))).scalar_one()
    if findings:
        raise LoadFailed(f"books broken after the load: {findings[:3]}")
    return f"{orders} orders stand, books audited: sound"


def _quoted(made: World) -> str:
    return "`order`" if made.services.db.dialect in ("mysql", "mariadb") else '"order"'


async def _safety(engine: str, made: World) -> str:
    names = (
        ("fsync", "synchronous_commit", "wal_sync_method")
        if engine == "postgresql"
        else ("innodb_flush_log_at_trx_commit", "sync_binlog", "log_bin")
    )
    async with made.services.db.reading() as session:
        if engine == "postgresql":
            found = [(await session.execute(text(f"SHOW {name}"))).scalar_one() for name in names]
        else:
            found = [(await session.execute(text(f"SELECT @@{name}"))).scalar_one() for name in names]
    return "durability of both sides: " + ", ".join(
        f"{name} = {value}" for name, value in zip(names, found, strict=True)
    )
