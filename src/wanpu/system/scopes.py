"""Whose accounts and roles a caller sees and manages."""

from dataclasses import dataclass
from typing import Any, Self, TypeVar

from sqlalchemy import Select

from wanpu.kernel.ids import Id
from wanpu.system.callers import StaffCaller
from wanpu.system.models import Role, Staff

S = TypeVar("S", bound=Select[Any])


@dataclass(frozen=True, slots=True)
class Scope:
    """A merchant's staff sees its merchant's, an operator what it created, the super administrator all."""

    merchant_id: Id | None = None
    created_by: Id | None = None

    @classmethod
    def of(cls, caller: StaffCaller) -> Self:
        """What one caller sees. Nothing that a request says widens it."""
        if caller.merchant_id is not None:
            return cls(merchant_id=caller.merchant_id)
        return cls() if caller.is_super else cls(created_by=caller.staff_id)

    def narrow(self, statement: S, model: type[Staff] | type[Role]) -> S:
        """The same statement without rows outside."""
        if self.merchant_id is not None:
            return statement.where(model.merchant_id == self.merchant_id)
        if self.created_by is not None:
            return statement.where(model.create_user_id == self.created_by)
        return statement
