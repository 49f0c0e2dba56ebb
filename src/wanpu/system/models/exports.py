"""Exports (导出): what was asked for, how far it is, and the pieces that are written already."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Index, Integer, false
from sqlalchemy.orm import Mapped, mapped_column

from wanpu.infra.columns import BigInt, TextStatus, code_text, json_value, long_text
from wanpu.infra.tables import Base, PrimaryId, Stamped
from wanpu.kernel.ids import Id
from wanpu.system.states import ExportStatus


class ListExport(Stamped, Base):
    """One export of a list by one account.

    `position` is where the next page begins and `parts` how many pieces stand in `list_export_part`; both
    move together with `rows_done`; `is_read` says that no row is left to read. `open_key` tells what is
    asked for while the export is not over, so that a repeated request finds it.
    """

    __tablename__ = "list_export"

    id: Mapped[PrimaryId]
    staff_id: Mapped[Id]
    merchant_id: Mapped[Id | None] = mapped_column(BigInt)
    kind: Mapped[str] = mapped_column(code_text(48))  # a registered list: "operation_log"
    filters: Mapped[Any] = mapped_column(json_value())
    sort: Mapped[str] = mapped_column(code_text(32))
    is_descending: Mapped[bool] = mapped_column(Boolean)
    language: Mapped[str] = mapped_column(code_text(8))  # "zh" or "en"
    status: Mapped[ExportStatus] = mapped_column(TextStatus(ExportStatus))
    open_key: Mapped[str | None] = mapped_column(code_text(64), unique=True)
    rows_total: Mapped[int] = mapped_column(Integer)  # as counted when it was asked for
    rows_done: Mapped[int] = mapped_column(Integer, default=0)
    bytes_done: Mapped[int] = mapped_column(BigInt, default=0)
    parts: Mapped[int] = mapped_column(Integer, default=0)
    is_read: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    position: Mapped[list[Any] | None]  # sort value and unique value of the last row written
    file_id: Mapped[Id | None] = mapped_column(BigInt)
    error_code: Mapped[str] = mapped_column(code_text(64), default="")
    finished_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "staff_id", "created_at"), Index(None, "created_at"))


class ListExportPart(Base):
    """One piece of a file that is being written; the pieces go when the export is over."""

    __tablename__ = "list_export_part"

    export_id: Mapped[PrimaryId]
    part_no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    content: Mapped[str] = mapped_column(long_text())
    created_at: Mapped[datetime]
