"""Which lists can be exported: each says who may, which rows it has, and what their columns are."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import ColumnElement, Select

from wanpu.infra.http.field_problems import problem_text
from wanpu.system.callers import StaffCaller
from wanpu.system.exports.csv_text import Cell, Words
from wanpu.system.exports.errors import ExportFiltersInvalid, ExportKindUnknown, ExportListGone
from wanpu.system.states import Audience


class Filters(BaseModel):
    """The filters of one list, under the names and with the rules of its route's query."""

    model_config = ConfigDict(extra="forbid", frozen=True)


F = TypeVar("F", bound=Filters)


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """One column: its title, and what it shows of a row."""

    title: Words
    cell: Callable[[Any], Cell]


@dataclass(frozen=True, slots=True)
class ExportKind(Generic[F]):
    """One list. `rows` gives the rows that one account may see and some filters let through, unordered;
    `last` is their unique column, which decides between rows that `sorts` holds equal.

    Each page of an export looks for its place anew, so `sorts` are columns with an index, or any of a table
    that stays small. The list's page may have more orders, `page_sorts`.
    """

    name: str  # "operation_log"
    title: Words
    audience: Audience
    permission: str
    filters: type[F]
    rows: Callable[[StaffCaller, F], Select[Any]]
    sorts: Mapping[str, ColumnElement[Any]]
    default_sort: str
    last: ColumnElement[Any]
    columns: Sequence[ExportColumn]
    page_sorts: Collection[str] = ()

    def is_for(self, caller: StaffCaller) -> bool:
        """Whether an account may see the list."""
        return caller.audience is self.audience and caller.may(self.permission)

    def read_filters(self, given: Mapping[str, Any]) -> F:
        """The filters as the list takes them; empty values count as left out.

        Raises:
            ExportFiltersInvalid: the list has no such filter, or its value is none.
        """
        try:
            return self.filters.model_validate({name: given[name] for name in given if given[name] != ""})
        except ValidationError as error:
            problems = [
                {
                    "field": ".".join(map(str, one["loc"])),
                    "problem": problem_text(one, "en"),
                    "problem_zh": problem_text(one, "zh"),
                }
                for one in error.errors(include_url=False, include_input=False)
            ]
            raise ExportFiltersInvalid(details={"fields": problems}) from error

    def order_for(self, sort: str | None, is_descending: bool) -> tuple[str, bool]:
        """Which sort an export gets that asks for one, and whether it descends: the default for None, and for
        a sort that only the page has, which then descends.

        Raises:
            ExportFiltersInvalid: the list has no such order.
        """
        if sort is None:
            return self.default_sort, is_descending
        if sort in self.sorts:
            return sort, is_descending
        if sort in self.page_sorts:
            return self.default_sort, True
        names = ", ".join(sorted({*self.sorts, *self.page_sorts}))
        problem = {
            "field": "sort",
            "problem": f"must be one of {names}",
            "problem_zh": f"须为 {names} 之一",
        }
        raise ExportFiltersInvalid(details={"fields": [problem]})


class ExportKinds:
    """The lists of this installation, registered by the composition root; never text from outside."""

    def __init__(self, kinds: Iterable[ExportKind[Any]] = ()) -> None:
        self._by_name: dict[str, ExportKind[Any]] = {}
        for kind in kinds:
            self.register(kind)

    def register(self, kind: ExportKind[Any]) -> None:
        """Add one list; two of one name are a mistake of ours."""
        if kind.name in self._by_name:
            raise ValueError(f"{kind.name} is registered already")
        self._by_name[kind.name] = kind

    def get(self, name: str) -> ExportKind[Any]:
        """One list.

        Raises:
            ExportKindUnknown: none is registered under the name.
        """
        if name not in self._by_name:
            raise ExportKindUnknown
        return self._by_name[name]

    def of_export(self, name: str) -> ExportKind[Any]:
        """The list of an export that stands.

        Raises:
            ExportListGone: another version of the mall had it.
        """
        if name not in self._by_name:
            raise ExportListGone
        return self._by_name[name]

    def title_of(self, name: str) -> Words:
        """What people call a list; the bare name of one that an older version had."""
        kind = self._by_name.get(name)
        return Words(name, name) if kind is None else kind.title
