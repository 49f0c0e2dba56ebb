"""Who is at work: the staff account behind a request, and where the request came from."""

import time
from dataclasses import dataclass, field

from wanpu.kernel.ids import Id
from wanpu.system.models.staff import SUPER_ADMINISTRATOR
from wanpu.system.states import Audience


@dataclass(frozen=True, slots=True)
class Origin:
    """What the operation log keeps of a request. `params` is its body as JSON, masked.

    `arrived` is a reading of `time.perf_counter`.
    """

    method: str
    ip: str = ""
    user_agent: str = ""
    params: str = ""
    request_id: str = ""
    arrived: float = field(default_factory=time.perf_counter)

    def elapsed_ms(self) -> int:
        """Whole milliseconds since the request arrived."""
        return round((time.perf_counter() - self.arrived) * 1000)


@dataclass(frozen=True, slots=True)
class StaffCaller:
    """A signed-in staff account and what it may do. `merchant_id` is set for a merchant's staff."""

    staff_id: Id
    username: str
    merchant_id: Id | None
    token_id: Id
    permissions: frozenset[str]
    must_change_password: bool
    origin: Origin

    @property
    def is_super(self) -> bool:
        """Whether this is the one account that may do everything."""
        return self.staff_id == SUPER_ADMINISTRATOR

    @property
    def audience(self) -> Audience:
        """Whose console this account works in."""
        return Audience.PLATFORM if self.merchant_id is None else Audience.MERCHANT

    def may(self, permission: str) -> bool:
        """Whether one permission was granted."""
        return permission in self.permissions
