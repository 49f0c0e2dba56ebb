"""Every statement about orders, trades and codes. Decides nothing; runs in the caller's transaction."""

import sqlite3
from datetime import datetime

from wanpu_sandbox.database import from_milliseconds, to_milliseconds
from wanpu_sandbox.wechatpay.orders import Code, NewOrder, Order, Trade
from wanpu_sandbox.wechatpay.states import Mode, TradeState

SCHEMA = """
CREATE TABLE wx_order (
    order_id INTEGER PRIMARY KEY AUTOINCREMENT,
    mode TEXT NOT NULL CHECK (mode IN ('direct', 'partner', 'combine')),
    mchid TEXT NOT NULL,
    appid TEXT NOT NULL,
    combine_out_trade_no TEXT CHECK ((combine_out_trade_no IS NOT NULL) = (mode = 'combine')),
    device_id TEXT,
    notify_url TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    settlement TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('NOTPAY', 'SUCCESS', 'CLOSED')),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    paid_at INTEGER CHECK ((paid_at IS NOT NULL) = (state = 'SUCCESS')),
    buyer TEXT,
    payer_openid TEXT,
    UNIQUE (mchid, combine_out_trade_no)
) STRICT;
CREATE INDEX wx_order_combine_number ON wx_order (combine_out_trade_no);
CREATE INDEX wx_order_open ON wx_order (order_id) WHERE state = 'NOTPAY';
CREATE INDEX wx_order_paid ON wx_order (order_id) WHERE state = 'SUCCESS';
CREATE TABLE wx_trade (
    trade_id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id INTEGER NOT NULL REFERENCES wx_order (order_id),
    mchid TEXT NOT NULL,
    sub_mchid TEXT NOT NULL,
    sub_appid TEXT,
    out_trade_no TEXT NOT NULL,
    description TEXT NOT NULL,
    attach TEXT,
    total_fen INTEGER NOT NULL CHECK (total_fen > 0),
    profit_sharing INTEGER NOT NULL CHECK (profit_sharing IN (0, 1)),
    transaction_id TEXT UNIQUE,
    UNIQUE (mchid, sub_mchid, out_trade_no)
) STRICT;
CREATE INDEX wx_trade_order ON wx_trade (order_id);
CREATE INDEX wx_trade_number ON wx_trade (out_trade_no);
CREATE TABLE wx_code (
    code_url TEXT PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES wx_order (order_id),
    created_at INTEGER NOT NULL,
    is_replaced INTEGER NOT NULL DEFAULT 0 CHECK (is_replaced IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX wx_code_live ON wx_code (order_id) WHERE is_replaced = 0;
"""

_ORDERS = """
SELECT o.*, t.mchid AS trade_mchid, t.sub_mchid, t.sub_appid, t.out_trade_no, t.description, t.attach,
       t.total_fen, t.profit_sharing, t.transaction_id, c.code_url
FROM wx_order o
JOIN wx_trade t ON t.order_id = o.order_id
JOIN wx_code c ON c.order_id = o.order_id AND c.is_replaced = 0
"""

_CHOSEN = "SELECT order_id FROM wx_order WHERE {} ORDER BY order_id DESC LIMIT :limit"
_IN_STATE = {
    TradeState.NOTPAY: "state = 'NOTPAY' AND expires_at > :now",
    TradeState.SUCCESS: "state = 'SUCCESS'",
    TradeState.CLOSED: "(state = 'CLOSED' OR (state = 'NOTPAY' AND expires_at <= :now))",
}
_NUMBERED = (
    "order_id IN (SELECT order_id FROM wx_order WHERE combine_out_trade_no = :number"
    " UNION ALL SELECT order_id FROM wx_trade WHERE out_trade_no = :number)"
)


def find_order(connection: sqlite3.Connection, mchid: str, sub_mchid: str, out_trade_no: str) -> Order | None:
    """The order whose trade has this number in this book, combined or not."""
    return _one(
        connection,
        "WHERE o.order_id ="
        " (SELECT order_id FROM wx_trade WHERE mchid = ? AND sub_mchid = ? AND out_trade_no = ?)",
        (mchid, sub_mchid, out_trade_no),
    )


def find_order_by_transaction(connection: sqlite3.Connection, transaction_id: str) -> Order | None:
    """The order that holds this transaction."""
    return _one(
        connection,
        "WHERE o.order_id = (SELECT order_id FROM wx_trade WHERE transaction_id = ?)",
        (transaction_id,),
    )


def find_combination(connection: sqlite3.Connection, mchid: str, combine_out_trade_no: str) -> Order | None:
    """The combined order with this number of its initiator."""
    return _one(connection, "WHERE o.mchid = ? AND o.combine_out_trade_no = ?", (mchid, combine_out_trade_no))


def get_order(connection: sqlite3.Connection, order_id: int) -> Order:
    """The order of a code or call-back, which always exists."""
    order = _one(connection, "WHERE o.order_id = ?", (order_id,))
    assert order is not None
    return order


def list_orders(
    connection: sqlite3.Connection, *, state: TradeState | None, number: str | None, now: datetime, limit: int
) -> list[Order]:
    """Orders in this state, with this number (of the order or of one of its trades), newest first."""
    conditions = ["TRUE"]
    if state is not None:
        conditions.append(_IN_STATE[state])
    if number is not None:
        conditions.append(_NUMBERED)
    chosen = _CHOSEN.format(" AND ".join(conditions))
    rows = connection.execute(
        f"{_ORDERS} WHERE o.order_id IN ({chosen}) ORDER BY o.order_id DESC, t.trade_id",
        {"now": to_milliseconds(now), "number": number, "limit": limit},
    ).fetchall()
    return _orders(rows)


def insert_order(connection: sqlite3.Connection, new: NewOrder, *, now: datetime) -> int:
    """Add the order and its trades, unpaid, and return its id."""
    cursor = connection.execute(
        "INSERT INTO wx_order (mode, mchid, appid, combine_out_trade_no, device_id, notify_url, fingerprint,"
        " settlement, state, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'NOTPAY', ?, ?)",
        (
            new.mode,
            new.mchid,
            new.appid,
            new.combine_out_trade_no,
            new.device_id,
            new.notify_url,
            new.fingerprint,
            new.settlement,
            to_milliseconds(now),
            to_milliseconds(new.expires_at(now)),
        ),
    )
    order_id = cursor.lastrowid
    assert order_id is not None
    connection.executemany(
        "INSERT INTO wx_trade (order_id, mchid, sub_mchid, sub_appid, out_trade_no, description, attach,"
        " total_fen, profit_sharing) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                order_id,
                trade.mchid,
                trade.sub_mchid,
                trade.sub_appid,
                trade.out_trade_no,
                trade.description,
                trade.attach,
                trade.total_fen,
                int(trade.profit_sharing),
            )
            for trade in new.trades
        ],
    )
    return order_id


def replace_code(connection: sqlite3.Connection, order_id: int, code_url: str, *, now: datetime) -> None:
    """Give the order a fresh code; the earlier one dies."""
    connection.execute("UPDATE wx_code SET is_replaced = 1 WHERE order_id = ?", (order_id,))
    connection.execute(
        "INSERT INTO wx_code (code_url, order_id, created_at) VALUES (?, ?, ?)",
        (code_url, order_id, to_milliseconds(now)),
    )


def find_code(connection: sqlite3.Connection, code_url: str) -> Code | None:
    """What a scanned code leads to."""
    row = connection.execute("SELECT * FROM wx_code WHERE code_url = ?", (code_url,)).fetchone()
    if row is None:
        return None
    return Code(code_url, row["order_id"], from_milliseconds(row["created_at"]), bool(row["is_replaced"]))


def set_buyer(connection: sqlite3.Connection, order_id: int, buyer: str) -> None:
    """Bind the order to the wallet that tried to pay first."""
    connection.execute("UPDATE wx_order SET buyer = ? WHERE order_id = ?", (buyer, order_id))


def close_order(connection: sqlite3.Connection, order_id: int) -> None:
    """Mark an unpaid order as closed."""
    connection.execute(
        "UPDATE wx_order SET state = 'CLOSED' WHERE order_id = ? AND state = 'NOTPAY'", (order_id,)
    )


def mark_paid(
    connection: sqlite3.Connection,
    order: Order,
    transaction_ids: tuple[str, ...],
    *,
    payer_openid: str,
    now: datetime,
) -> None:
    """Mark an unpaid order as paid, with one transaction id per trade in their order."""
    connection.execute(
        "UPDATE wx_order SET state = 'SUCCESS', paid_at = ?, payer_openid = ?"
        " WHERE order_id = ? AND state = 'NOTPAY'",
        (to_milliseconds(now), payer_openid, order.order_id),
    )
    connection.executemany(
        "UPDATE wx_trade SET transaction_id = ? WHERE mchid = ? AND sub_mchid = ? AND out_trade_no = ?",
        [
            (transaction_id, trade.mchid, trade.sub_mchid, trade.out_trade_no)
            for transaction_id, trade in zip(transaction_ids, order.trades, strict=True)
        ],
    )


def delete_orders(connection: sqlite3.Connection) -> None:
    """Forget every order, trade and code."""
    for table in ("wx_code", "wx_trade", "wx_order"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608  (constant names)


def _one(connection: sqlite3.Connection, where: str, values: tuple[object, ...]) -> Order | None:
    rows = connection.execute(f"{_ORDERS} {where} ORDER BY t.trade_id", values).fetchall()
    return next(iter(_orders(rows)), None)


def _orders(rows: list[sqlite3.Row]) -> list[Order]:
    """Rows of `_ORDERS`, those of one order together."""
    groups: dict[int, list[sqlite3.Row]] = {}
    for row in rows:
        groups.setdefault(row["order_id"], []).append(row)
    return [_order(group) for group in groups.values()]


def _order(rows: list[sqlite3.Row]) -> Order:
    first = rows[0]
    paid_at = first["paid_at"]
    return Order(
        order_id=first["order_id"],
        mode=Mode(first["mode"]),
        mchid=first["mchid"],
        appid=first["appid"],
        combine_out_trade_no=first["combine_out_trade_no"],
        device_id=first["device_id"],
        notify_url=first["notify_url"],
        fingerprint=first["fingerprint"],
        settlement=first["settlement"],
        stored_state=TradeState(first["state"]),
        created_at=from_milliseconds(first["created_at"]),
        expires_at=from_milliseconds(first["expires_at"]),
        paid_at=None if paid_at is None else from_milliseconds(paid_at),
        buyer=first["buyer"],
        payer_openid=first["payer_openid"],
        code_url=first["code_url"],
        trades=tuple(
            Trade(
                mchid=row["trade_mchid"],
                sub_mchid=row["sub_mchid"],
                sub_appid=row["sub_appid"],
                out_trade_no=row["out_trade_no"],
                description=row["description"],
                attach=row["attach"],
                total_fen=row["total_fen"],
                profit_sharing=bool(row["profit_sharing"]),
                transaction_id=row["transaction_id"],
            )
            for row in rows
        ),
    )
