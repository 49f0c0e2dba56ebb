"""Saved views (保存的视图): the filters of a list that one account named."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from wanpu.infra.columns import code_text, json_value
from wanpu.infra.tables import Base, PrimaryId, Stamped
from wanpu.kernel.ids import Id


class SavedView(Stamped, Base):
    """One view of one list. A title, byte by byte, names one view of an account's list."""

    __tablename__ = "saved_view"

    id: Mapped[PrimaryId]
    staff_id: Mapped[Id]
    list_name: Mapped[str] = mapped_column(code_text(48))
    title: Mapped[str] = mapped_column(code_text(40))
    query: Mapped[dict[str, str]] = mapped_column(json_value())  # names and values of the console's address

    __table_args__ = (Index(None, "staff_id", "list_name", "title", unique=True),)
