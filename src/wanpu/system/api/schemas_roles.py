"""What the consoles say and hear about roles."""

from collections.abc import Iterable
from typing import Annotated, Any, Self

from pydantic import Field

from wanpu.infra.http.fields import Body, IdText, Line, Out, PageOut, UtcTime
from wanpu.system.models import Role
from wanpu.system.service.roles import NewRole, RoleWithMenus

MAX_MENUS_PER_ROLE = 2000

RoleName = Annotated[Line, Field(max_length=100)]
Remark = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
MenuIds = Annotated[list[IdText], Field(max_length=MAX_MENUS_PER_ROLE)]


class RoleChoiceOut(Out):
    """A role by its name."""

    role_id: IdText
    role_name: str

    @classmethod
    def of(cls, role: Role) -> Self:
        return cls(role_id=role.role_id, role_name=role.role_name)


class RoleChoices(Out):
    """Roles to choose from, by name; 1000 at most."""

    items: list[RoleChoiceOut]

    @classmethod
    def of(cls, roles: Iterable[Role]) -> Self:
        return cls(items=[RoleChoiceOut.of(role) for role in roles])


class RoleOut(Out):
    """A role. A built-in one was made by the mall for a merchant's first account."""

    role_id: IdText
    role_name: str
    remark: str
    merchant_id: IdText | None
    create_user_id: IdText | None
    created_at: UtcTime
    is_built_in: bool

    @classmethod
    def of(cls, role: Role) -> Self:
        return cls(**_columns_of(role))


class RoleList(PageOut[RoleOut]):
    """One page of roles."""

    @classmethod
    def of(cls, found: tuple[Iterable[Role], int]) -> Self:
        return cls(items=[RoleOut.of(role) for role in found[0]], total=found[1])


class RoleInfoOut(RoleOut):
    """A role with the menus that it grants."""

    menu_ids: list[IdText]

    @classmethod
    def with_menus(cls, found: RoleWithMenus) -> Self:
        """What a role shows by itself."""
        return cls(**_columns_of(found.role), menu_ids=found.menu_ids)


class RoleCreate(Body):
    """新增角色."""

    role_name: RoleName
    remark: Remark = ""
    menu_ids: MenuIds = []

    def to_new_role(self) -> NewRole:
        """The same for the use case."""
        return NewRole(self.role_name, self.remark.strip(), frozenset(self.menu_ids))


class RolePatch(Body):
    """修改角色: what is left out stays; `menu_ids` replaces all of its menus."""

    role_name: RoleName = ""
    remark: Remark = ""
    menu_ids: MenuIds = []

    def changes(self) -> dict[str, Any]:
        """Columns and their new values, and `menu_ids`."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def _columns_of(role: Role) -> dict[str, Any]:
    return {
        "role_id": role.role_id,
        "role_name": role.role_name,
        "remark": role.remark,
        "merchant_id": role.merchant_id,
        "create_user_id": role.create_user_id,
        "created_at": role.created_at,
        "is_built_in": role.is_built_in,
    }
