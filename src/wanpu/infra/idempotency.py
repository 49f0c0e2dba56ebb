"""Idempotency keys (接口幂等): the same key and body give the first answer, as long as keys are kept
(`WANPU_IDEMPOTENCY_KEY_DAYS`, longer than any order lives).

Only committed successes are kept, in the transaction that made them; a refusal is judged again.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Select, Text, and_, bindparam, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.models import IdempotencyKey
from wanpu.infra.statements import padded
from wanpu.infra.tables import table_of
from wanpu.kernel.errors import Conflict, Invalid

_KEY = re.compile(r"[\x21-\x7e]{1,128}")
_TABLE = table_of(IdempotencyKey)
_NAMES = ("scope", "key")
_ANSWER = (_TABLE.c.scope, _TABLE.c.key, _TABLE.c.fingerprint, _TABLE.c.status, _TABLE.c.body)


class KeyMissing(Invalid):
    """A create that needs a key came without one."""

    code = "idempotency.key_missing"
    message_zh = "缺少请求头 Idempotency-Key"
    message_en = "The header Idempotency-Key is missing"


class KeyInvalid(Invalid):
    """The key is not 1 to 128 visible ASCII characters."""

    code = "idempotency.key_invalid"
    message_zh = "Idempotency-Key 须为 1 至 128 个可见 ASCII 字符"
    message_en = "Idempotency-Key must be 1 to 128 visible ASCII characters"


class KeyReused(Conflict):
    """The key was used before with another body."""

    code = "idempotency.key_reused"
    message_zh = "该 Idempotency-Key 已用于内容不同的请求"
    message_en = "This Idempotency-Key was used with another request body"


@dataclass(frozen=True)
class Stored:
    """The first answer to a key: its status, and its body as it was sent."""

    fingerprint: str
    status: int
    body: str

    def require_same(self, fingerprint: str) -> None:
        """Refuse the key when it comes with another body.

        Raises:
            KeyReused: it does.
        """
        if fingerprint != self.fingerprint:
            raise KeyReused


def validate_key(text: str | None) -> str:
    """The key of a request.

    Raises:
        KeyMissing: there is none.
        KeyInvalid: it is not 1 to 128 visible ASCII characters.
    """
    if text is None:
        raise KeyMissing
    if _KEY.fullmatch(text) is None:
        raise KeyInvalid
    return text


def fingerprint(value: Any) -> str:
    """SHA-256 of a body's canonical JSON, from what `parse_json` read: white space and the order of names do
    not matter. None: there was no body."""
    return hashlib.sha256(_canonical(value)).hexdigest()


def _canonical(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # A number beyond 64 bits; the text has the same form.
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


async def find(session: AsyncSession, scope: str, keys: Iterable[str]) -> dict[str, Stored]:
    """The first answers to these keys of one caller and route; unknown keys are left out."""
    found = await find_many(session, [(scope, key) for key in keys])
    return {key: stored for (_, key), stored in found.items()}


async def find_many(session: AsyncSession, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Stored]:
    """The first answers to many (scope, key) pairs in one statement; unknown pairs are left out.
    Benchmark: place order."""
    wanted = padded(set(pairs))
    if not wanted:
        return {}
    if session.get_bind().dialect.name == "postgresql":
        scopes, keys = zip(*wanted, strict=True)
        rows = await session.execute(_IN_ARRAYS, {"scopes": list(scopes), "keys": list(keys)})
    else:
        values = {
            f"{name}_{n}": text
            for n, pair in enumerate(wanted)
            for name, text in zip(_NAMES, pair, strict=True)
        }
        rows = await session.execute(_alternatives(len(wanted)), values)
    return {(row.scope, row.key): Stored(row.fingerprint, row.status, row.body) for row in rows}


@lru_cache(maxsize=16)
def _alternatives(count: int) -> Select[Any]:
    """Other engines: `count` pairs, a power of two. SQLite reads the whole table for a list of row values,
    yet goes through the key for alternatives."""
    pairs = (and_(*(_TABLE.c[name] == bindparam(f"{name}_{n}") for name in _NAMES)) for n in range(count))
    return select(*_ANSWER).where(or_(*pairs))


def _in_arrays() -> Select[Any]:
    """PostgreSQL: a constant. The lateral look-up goes through the key, whatever the planner expects."""
    scopes, keys = (bindparam(name, type_=ARRAY(Text())) for name in ("scopes", "keys"))
    wanted = func.unnest(scopes, keys).table_valued("scope", "key").render_derived(name="wanted")
    answer = (
        select(*_ANSWER)
        .where(_TABLE.c.scope == wanted.c.scope, _TABLE.c.key == wanted.c.key)
        .limit(1)
        .lateral("answer")
    )
    return select(answer).select_from(wanted).join(answer, true())


_IN_ARRAYS = _in_arrays()


def row_for(scope: str, key: str, fingerprint: str, status: int, body: str, now: datetime) -> dict[str, Any]:
    """The answer as a row for a Core insert in the transaction of the success it tells of."""
    return {
        "scope": scope,
        "key": key,
        "fingerprint": fingerprint,
        "status": status,
        "body": body,
        "created_at": now,
    }
