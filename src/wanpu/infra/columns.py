"""Column types that mean the same on SQLite, MariaDB and PostgreSQL."""

from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, SmallInteger, String, Text
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.types import TypeDecorator, TypeEngine

from wanpu.kernel.clock import require_aware


def code_text(length: int) -> TypeEngine[str]:
    """Identifiers, numbers and tokens: compared byte by byte, trailing spaces included."""
    binary = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_nopad_bin")
    return (
        String(length)
        .with_variant(binary, "mysql", "mariadb")
        .with_variant(postgresql.VARCHAR(length, collation="C"), "postgresql")
    )


def name_text(length: int) -> TypeEngine[str]:
    """Text that people write and read; holds 4-byte characters on every engine."""
    return String(length).with_variant(
        mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_unicode_nopad_ci"), "mysql", "mariadb"
    )


def long_text() -> TypeEngine[str]:
    """Text of up to 16 MiB."""
    return Text().with_variant(
        mysql.MEDIUMTEXT(charset="utf8mb4", collation="utf8mb4_nopad_bin"), "mysql", "mariadb"
    )


def json_value() -> TypeEngine[Any]:
    """A JSON document."""
    return JSON().with_variant(postgresql.JSONB(), "postgresql")


BigInt = BigInteger()
GrowingInt = BigInteger().with_variant(Integer(), "sqlite")
"""A key that the database draws; only for rows whose number no code needs back."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, to the microsecond. Refuses naive values; gives aware ones."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = require_aware(value)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class IntStatus(TypeDecorator[IntEnum]):
    """A status kept as the small number that the design fixes."""

    impl = SmallInteger
    cache_ok = True

    def __init__(self, statuses: type[IntEnum]) -> None:
        super().__init__()
        self.statuses = statuses

    def process_bind_param(self, value: IntEnum | None, dialect: Dialect) -> int | None:
        return None if value is None else int(self.statuses(value))

    def process_result_value(self, value: int | None, dialect: Dialect) -> IntEnum | None:
        return None if value is None else self.statuses(value)


class TextStatus(TypeDecorator[StrEnum]):
    """A status kept as its word."""

    impl = String(24)
    cache_ok = True

    def __init__(self, statuses: type[StrEnum]) -> None:
        super().__init__()
        self.statuses = statuses

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(code_text(24).dialect_impl(dialect))

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else str(self.statuses(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.statuses(value)
