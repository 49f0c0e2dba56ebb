"""What the consoles say and hear about saved views."""

from typing import Annotated

from pydantic import Field

from wanpu.infra.http.fields import Body, IdText, Line, Out, UtcTime
from wanpu.system.models import SavedView

ListName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,47}$", examples=["login-log"])]
QueryName = Annotated[str, Field(min_length=1, max_length=40)]
QueryValue = Annotated[str, Field(max_length=200)]


class SavedViewCreate(Body):
    """保存视图: what the address of a list holds, under a name. One of the same title is replaced."""

    list_name: ListName
    title: Annotated[Line, Field(max_length=40)]
    query: Annotated[dict[QueryName, QueryValue], Field(max_length=30)]


class SavedViewOut(Out):
    """One saved view of the caller."""

    view_id: IdText
    list_name: str
    title: str
    query: dict[str, str]
    created_at: UtcTime

    @classmethod
    def of(cls, view: SavedView) -> "SavedViewOut":
        """A row of `saved_view`."""
        return cls(
            view_id=view.id,
            list_name=view.list_name,
            title=view.title,
            query=view.query,
            created_at=view.created_at,
        )


class SavedViewList(Out):
    """The caller's views of one list, the oldest first."""

    items: list[SavedViewOut]
