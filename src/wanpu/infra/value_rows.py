"""Many rows as one parameter of MariaDB's driver: the rows of a VALUES list.

The driver writes values into the text of a statement by itself, one by one, and asks for each value's type
anew: a quarter of all work on an order (benchmark: place order, MariaDB). Here numbers are written at once,
and every other value goes through the driver's own quoting, once per distinct value of a column. The
statement's text stays the same for any rows, so logs and counts of slow statements show no values. Letting
the server read JSON instead (JSON_TABLE) was measured too: it took longer there than it saved here.
"""

from collections.abc import Sequence
from typing import Any

from asyncmy.converters import conversions, escape_item


class ValueRows:
    """Rows, column by column, of values that the driver takes; at least one row."""

    __slots__ = ("columns",)

    def __init__(self, columns: Sequence[Sequence[Any]]) -> None:
        self.columns = columns

    def __repr__(self) -> str:
        return f"<{len(self.columns[0])} rows>"


class _Written(dict[Any, str]):
    """Values as they stand in a statement, each worked out when it is first asked for."""

    def __init__(self, mapping: dict[Any, Any]) -> None:
        self._mapping = mapping

    def __missing__(self, value: Any) -> str:
        text = self[value] = str(escape_item(value, "utf8mb4", self._mapping))
        return text


def _write(rows: ValueRows, mapping: dict[Any, Any]) -> str:
    places: list[str] = []
    columns: list[Sequence[Any]] = []
    for column in rows.columns:
        if set(map(type, column)) == {int}:
            places.append("%d")
            columns.append(column)
        else:
            written = _Written(mapping)
            places.append("%s")
            columns.append([written[value] for value in column])
    row = f"({','.join(places)})"
    return ",".join(map(row.__mod__, zip(*columns, strict=True)))


CONVERSIONS = {**conversions, ValueRows: _write}
"""What the driver is given when it connects."""
