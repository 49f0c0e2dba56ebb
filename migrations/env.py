"""Runs the schema history over a connection that `wanpu.infra.migrations` hands in."""

from typing import Any

from alembic import context
from sqlalchemy import JSON, BigInteger, String, Text

import wanpu.tables  # noqa: F401 - names every table
from wanpu.infra import columns
from wanpu.infra.tables import Base


def render_type(kind: str, value: Any, autogen: Any) -> str | bool:
    """Write column types in migrations as the functions that models use."""
    if kind != "type":
        return False
    autogen.imports.add("from wanpu.infra import columns")
    match value:
        case columns.UtcDateTime():
            return "columns.UtcDateTime()"
        case columns.IntStatus():
            return "sa.SmallInteger()"
        case columns.TextStatus():
            return "columns.code_text(24)"
        case Text():
            return "columns.long_text()"
        case JSON():
            return "columns.json_value()"
        case BigInteger():
            return "columns.GrowingInt" if "sqlite" in value._variant_mapping else "columns.BigInt"
        case String():
            collation = value._variant_mapping["mysql"].collation or ""
            return f"columns.{'code' if collation.endswith('_bin') else 'name'}_text({value.length})"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_item=render_type,
    render_as_batch=False,
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
