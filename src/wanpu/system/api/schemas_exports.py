"""What the consoles say and hear about exports."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from wanpu.infra.http.fields import Body, IdText, Out, UtcTime
from wanpu.system.exports.kinds import ExportKinds
from wanpu.system.models import ListExport
from wanpu.system.service.exports import StartExport
from wanpu.system.states import ExportStatus

FilterName = Annotated[str, Field(min_length=1, max_length=32)]
FilterValue = Annotated[str, Field(max_length=200)] | int | bool | None


class ExportCreate(Body):
    """导出: a list with the filters and the order that its page has; `sort` null is the list's own.
    One that the list cannot be exported in becomes that too, as the answer's `sort` and `order` say."""

    kind: Annotated[str, Field(min_length=1, max_length=48, examples=["operation_log"])]
    filters: Annotated[dict[FilterName, FilterValue], Field(max_length=20)] = {}
    sort: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    order: Literal["asc", "desc"] = "desc"

    def to_start(self, language: str) -> StartExport:
        """The same for the use case, with titles in "zh" or "en"."""
        return StartExport(self.kind, self.filters, self.sort, self.order == "desc", language)


class ExportOut(Out):
    """One export, its rows in the order that `sort` and `order` name. `rows_total` is what was counted at its
    beginning. `error_code` says why it failed; `expires_at` is when it goes with its file."""

    export_id: IdText
    kind: str
    title_zh: str
    title_en: str
    sort: str
    order: Literal["asc", "desc"]
    status: ExportStatus
    rows_done: int
    rows_total: int
    size_bytes: int
    error_code: str
    created_at: UtcTime
    finished_at: UtcTime | None
    expires_at: UtcTime

    @classmethod
    def of(cls, found: ListExport, kinds: ExportKinds, kept: timedelta) -> "ExportOut":
        """A row of `list_export`."""
        title = kinds.title_of(found.kind)
        return cls(
            export_id=found.id,
            kind=found.kind,
            title_zh=title.zh,
            title_en=title.en,
            sort=found.sort,
            order="desc" if found.is_descending else "asc",
            status=found.status,
            rows_done=found.rows_done,
            rows_total=found.rows_total,
            size_bytes=found.bytes_done,
            error_code=found.error_code,
            created_at=found.created_at,
            finished_at=found.finished_at,
            expires_at=found.created_at + kept,
        )


class ExportList(Out):
    """The caller's exports, newest first; never more than one account may have."""

    items: list[ExportOut]


class ExportLinkOut(Out):
    """Where the file opens; for whoever holds the address, until it expires."""

    url: str
    expires_at: UtcTime
