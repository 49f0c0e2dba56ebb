"""How a batch of the operation log is sealed: a keyed hash over its rows and the seal before it. Pure."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson

PURPOSE = "operation-log-seal"
"""What the vault derives the key for. Who can write to the database alone cannot make a seal."""

BEFORE_THE_FIRST = "0" * 64

_COVERED = (
    "id",
    "user_id",
    "username",
    "merchant_id",
    "operation",
    "subject",
    "method",
    "params",
    "before",
    "after",
    "time",
    "ip",
    "request_id",
    "created_at",
)


def seal_hash(key: bytes, seal_no: int, previous: str, rows: Iterable[Mapping[str, Any]]) -> str:
    """HMAC-SHA256 over a seal's number, the hash before it, and its rows in the order of their ids.

    A row is one line of JSON with sorted names; moments carry microseconds.
    """
    digest = hmac.new(key, f"{seal_no}\n{previous}\n".encode(), hashlib.sha256)
    for row in rows:
        digest.update(_line(row))
    return digest.hexdigest()


def _line(row: Mapping[str, Any]) -> bytes:
    covered = {name: _plain(row[name]) for name in _COVERED}
    return orjson.dumps(covered, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def _plain(value: Any) -> Any:
    return value.isoformat(timespec="microseconds") if isinstance(value, datetime) else value
