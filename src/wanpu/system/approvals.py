"""Actions that wait for a second pair of eyes (四眼原则): which there are, and how each is carried out."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wanpu.kernel.ids import Id
from wanpu.system.callers import StaffCaller


@dataclass(frozen=True, slots=True)
class Approved:
    """One approved request as its action gets it. `caller` is who asked for it, for the operation log.

    `approval_id` serves as the idempotency key: an action may be carried out again after a crash, and
    must not take effect twice.
    """

    approval_id: Id
    subject: str
    params: Mapping[str, Any]
    caller: StaffCaller


@dataclass(frozen=True, slots=True)
class ApprovalAction:
    """One dangerous action. Asking for it and deciding on it both take `permission`."""

    name: str  # "secret.change"
    permission: str
    title_zh: str
    title_en: str
    carry_out: Callable[[Approved], Awaitable[None]]


class ApprovalActions:
    """The actions of this installation, registered by the composition root; never text from outside."""

    def __init__(self) -> None:
        self._by_name: dict[str, ApprovalAction] = {}

    def register(self, action: ApprovalAction) -> None:
        """Add one action; two of one name are a mistake of ours."""
        if action.name in self._by_name:
            raise ValueError(f"{action.name} is registered already")
        self._by_name[action.name] = action

    def get(self, name: str) -> ApprovalAction:
        """The action of a name that our own rows hold."""
        return self._by_name[name]

    def names(self) -> list[str]:
        """Every registered name, sorted."""
        return sorted(self._by_name)
