"""Structured logs: an event name and fields, the request's id in every line, nothing secret in any."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from sqlalchemy import Engine, event
from structlog.typing import Processor

from wanpu.infra.masking import mask_fields, mask_value
from wanpu.infra.settings import Settings

MAX_SHOWN_ROWS = 3

log = structlog.get_logger("wanpu.sql")


def configure_logs(settings: Settings) -> None:
    """Send our lines and those of libraries to stderr in one format; a repeat replaces the settings."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _mask,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(settings)],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in ("aiosqlite", "asyncio", "aio_pika", "aiormq", "uvicorn", "sqlalchemy", "alembic"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))
    # MariaDB's driver warns of each primary key that has a name, which the server leaves out.
    logging.getLogger("asyncmy").setLevel(logging.ERROR)
    _switch_statements(settings.sql_debug)


def _renderer(settings: Settings) -> Processor:
    if settings.log_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())


def _mask(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    kept = {name: fields.pop(name) for name in ("_record", "_from_structlog") if name in fields}
    return {**mask_fields(fields), **kept}


def _switch_statements(is_on: bool) -> None:
    is_listening = event.contains(Engine, "before_cursor_execute", _log_statement)
    if is_on and not is_listening:
        event.listen(Engine, "before_cursor_execute", _log_statement)
    elif not is_on and is_listening:
        event.remove(Engine, "before_cursor_execute", _log_statement)


def _log_statement(
    _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, is_many: bool
) -> None:
    rows = parameters if is_many else [parameters]
    log.info(
        "sql.statement",
        sql=" ".join(statement.split()),
        rows=len(rows),
        bound=[_masked_row(row) for row in rows[:MAX_SHOWN_ROWS]],
    )


def _masked_row(row: Any) -> list[Any]:
    values = row.values() if isinstance(row, dict) else row
    return [str(mask_value(value)) for value in values or ()]
