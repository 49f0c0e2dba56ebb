"""The declarative base of every room's models, and the two time stamps that each table carries."""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import MetaData, Table, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from wanpu.infra.columns import BigInt, UtcDateTime, json_value
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen

PrimaryId = Annotated[Id, mapped_column(BigInt, primary_key=True, autoincrement=False)]
"""The primary key of a row; the process draws it, the database never makes one up."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """A table of one room. Rows of other rooms are pointed at by id, without a foreign key."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: UtcDateTime(),
        Id: BigInt,
        Fen: BigInt,
        dict[str, Any]: json_value(),
        list[Any]: json_value(),
    }


def table_of(model: type[Base]) -> Table:
    """The table of a model, for Core statements, which load no objects."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


class Stamped:
    """When a row was written first and last (UTC); stamped from the database's clock on every flush.

    Core statements name both columns themselves.
    """

    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), sort_order=998)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime(), sort_order=999)


@event.listens_for(Session, "before_flush")
def stamp_rows(session: Session, _context: object, _instances: object) -> None:
    """Give new rows both time stamps and changed rows a new `updated_at`."""
    clock = session.info.get("clock")
    if clock is None:
        return
    now = clock.now()
    for row in session.new:
        if isinstance(row, Stamped):
            row.created_at = row.created_at or now
            row.updated_at = now
    for row in session.dirty:
        if isinstance(row, Stamped) and session.is_modified(row):
            row.updated_at = now
