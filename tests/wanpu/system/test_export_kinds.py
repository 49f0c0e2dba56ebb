"""Which orders lists are exported in: those that an index gives, however long the list is."""

from typing import Any

import pytest
from sqlalchemy import Table

from wanpu.infra.tables import table_of
from wanpu.system.exports.kinds import ExportKind
from wanpu.system.exports.lists import SYSTEM_EXPORTS
from wanpu.system.models import Staff

SMALL = {table_of(Staff).name}
"""A mall has few accounts, and no stranger adds one."""


def begins_an_index(table: Table, column: str) -> bool:
    ways = [list(index.columns) for index in table.indexes] + [list(table.primary_key.columns)]
    return any(columns[0].name == column for columns in ways)


@pytest.mark.parametrize("kind", SYSTEM_EXPORTS, ids=lambda kind: kind.name)
def test_a_list_that_may_be_long_is_exported_by_an_index_alone(kind: ExportKind[Any]) -> None:
    tables = {column.table.name: column.table for column in kind.sorts.values()}

    assert kind.default_sort in kind.sorts
    if not tables.keys() <= SMALL:
        unaided = [
            name for name, column in kind.sorts.items() if not begins_an_index(column.table, column.name)
        ]
        assert unaided == []
