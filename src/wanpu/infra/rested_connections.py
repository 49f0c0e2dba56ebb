"""Ask a pooled connection whether it lives, once it has rested for a while.

A server that restarts, or a firewall between, ends connections while they rest. Asking at every checkout
costs one to three round trips before each transaction, more than a look-up itself (benchmark: place order).
A connection that was at work within the last second is therefore taken as it is: should the server have
gone in that second, the request fails as it does when the server goes a moment later.
"""

from time import monotonic
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

TRUSTED_S = 1.0


def ping_rested(engine: Engine) -> None:
    """Have the pool ping connections that rested longer than `TRUSTED_S`; when one is dead, all that lay
    beside it are replaced."""
    dialect = engine.dialect

    @event.listens_for(engine, "checkin")
    def begin_rest(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = monotonic()

    @event.listens_for(engine, "checkout")
    def end_rest(connection: Any, record: Any, _fairy: Any) -> None:
        since = record.info.get("rests_since")
        if since is None or monotonic() - since < TRUSTED_S:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            if dialect.is_disconnect(error, connection, None):
                raise InvalidatePoolError from error
            raise
