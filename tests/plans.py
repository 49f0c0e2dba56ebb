"""How an engine runs a statement: whether it looks rows up or reads all of them."""

from typing import Any

from sqlalchemy import Engine, event, text

from wanpu.infra.database import Database


async def analyze(db: Database, table: str) -> None:
    """Let the engine learn how many rows there are."""
    quoted = db.engine.dialect.identifier_preparer.quote(table)
    statement = f"ANALYZE TABLE {quoted}" if db.dialect in ("mariadb", "mysql") else f"ANALYZE {quoted}"
    async with db.engine.connect() as connection:
        await connection.execute(text(statement))
        await connection.commit()


async def plan_of(db: Database, ask: Any) -> str:
    """How the engine runs what `ask` reads: its own words, after a verdict of ours; the worst of several."""
    seen: list[tuple[str, Any]] = []

    def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_others: Any) -> None:
        seen.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        await ask()
    finally:
        event.remove(Engine, "before_cursor_execute", keep)
    selects = [(text, bound) for text, bound in seen if text.lstrip().upper().startswith("SELECT")]
    explain = "EXPLAIN QUERY PLAN " if db.is_sqlite else "EXPLAIN "
    verdicts = []
    async with db.reading() as session:
        connection = await session.connection()
        for statement, parameters in selects:
            rows = (await connection.exec_driver_sql(explain + statement, parameters)).mappings().all()
            verdicts.append(verdict(db.dialect, [dict(row) for row in rows]))
    return min(verdicts, key=lambda said: "uses an index" in said)


def sorts_by_hand(plan: str) -> bool:
    """Whether an engine has to see every matching row before it can give the first one in order. Putting a
    few equal ones in order is no such thing."""
    words = ("filesort", "B-TREE FOR ORDER BY", "Sort  (cost")
    return any(word in plan.replace("Incremental Sort", "") for word in words)


def verdict(dialect: str, rows: list[dict[str, Any]]) -> str:
    """Whether every step of a plan goes through an index."""
    if dialect == "sqlite":
        steps = [row["detail"] for row in rows]
        is_good = not any(step.startswith("SCAN") for step in steps)
    elif dialect == "postgresql":
        steps = [row["QUERY PLAN"] for row in rows]
        is_good = any("Index" in step for step in steps) and not any("Seq Scan" in step for step in steps)
    else:
        steps = [f"{row['type']} {row['key']} {row['rows']} {row['Extra']}" for row in rows]
        is_good = all(row["key"] and row["type"] not in ("ALL", "index") for row in rows)
    return f"{'uses an index' if is_good else 'scans'}: {steps}"
