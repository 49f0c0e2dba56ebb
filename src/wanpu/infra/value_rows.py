"""Many rows as one parameter of MariaDB's driver: the rows of a VALUES list.

The driver writes values into the text of a statement by itself, one by one, and asks for each value's type
anew: a quarter of all work on an order (benchmark: place order, MariaDB). Here numbers are written at once,
and every other value goes through the driver's own quoting, once per distinct value of a column. The
statement's text stays the same for any rows, so logs and counts of slow statements show no values. Letting
the server read JSON instead (JSON_TABLE) was measured too: it took longer there than it saved here.
"""

from collections.abc import Callable, Sequence
from typing import Any

from asyncmy.converters import conversions, escape_item


class ValueRows:
    """Rows, column by column, of values that the driver takes; at least one row."""

    __slots__ = ("columns",)

    def __init__(self, columns: Sequence[Sequence[Any]]) -> None:
        self.columns = columns

    def __repr__(self) -> str:
        return f"<{len(self.columns[0])} rows>"


def _write(rows: ValueRows, mapping: dict[Any, Any]) -> str:
    columns = [list(map(_writer(mapping), column)) for column in rows.columns]
    return ",".join([f"({','.join(row)})" for row in zip(*columns, strict=True)])


def _writer(mapping: dict[Any, Any]) -> Callable[[Any], str]:
    written: dict[Any, str] = {}

    def write(value: Any) -> str:
        if type(value) is int:
            return str(value)
        text = written.get(value)
        if text is None:
            text = written[value] = escape_item(value, "utf8mb4", mapping)
        return text

    return write


CONVERSIONS = {**conversions, ValueRows: _write}
"""What the driver is given when it connects."""
