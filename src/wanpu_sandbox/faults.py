"""Trouble on request: what goes wrong with answers and call-backs, where, and how often.

Faults live in memory: they are gone after a restart, while trades stay.
"""

import threading
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

MAX_COPIES = 1000
MAX_DELAY_S = 60

AnswerFaultKind = Literal[
    "drop",
    "delay",
    "status",
    "broken_json",
    "wrong_signature",
    "signature_probe",
    "unsigned",
    "stale_timestamp",
    "unknown_serial",
]
NotificationFaultKind = Literal["off", "delay", "reorder", "duplicate", "forge", "tamper", "signature_probe"]
ForgeKind = Literal["bad_signature", "no_signature", "unknown_serial", "old_timestamp", "other_account"]

Times = Annotated[int, Field(ge=1, le=1_000_000)] | None


class _Fault(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    path: str = "/"
    """Applies to paths that begin so: of the request, or of a call-back's address."""

    times: Times = 1
    """How many more messages are hit; null means all until the faults are replaced."""

    def hits(self, path: str) -> bool:
        """Whether it applies to this path and has times left."""
        return self.times != 0 and path.startswith(self.path)

    def spend(self) -> None:
        """Count one message that was hit."""
        if self.times is not None:
            self.times -= 1


class AnswerFault(_Fault):
    """Trouble with answers to `/v3` requests.

    `drop` hangs up without a byte; `delay` waits `delay_s`; `status` answers `status` and its error code.
    `processed` says whether the request takes effect all the same.
    """

    kind: AnswerFaultKind
    method: Literal["GET", "POST"] | None = None
    processed: bool = True
    delay_s: float = Field(default=0, ge=0, le=MAX_DELAY_S)
    status: Literal[429, 500, 502, 503] = 500


class NotificationFault(_Fault):
    """Trouble with call-backs.

    `off` withholds one; `delay` sends it `delay_s` of business time later; `reorder` holds it until another
    one was tried. The others change single tries: `duplicate` sends `copies` at once, `forge` breaks the
    proof of origin, `tamper` sets the member at the dotted path `field` of the resource to `value` before a
    genuine signature, and `signature_probe` sends a `WECHATPAY/SIGNTEST/` signature.
    """

    kind: NotificationFaultKind
    delay_s: int = Field(default=0, ge=0, le=31 * 86_400)
    copies: int = Field(default=2, ge=2, le=MAX_COPIES)
    forge: ForgeKind = "bad_signature"
    field: str = Field(default="", max_length=200)
    value: Any = None


class Faults(BaseModel):
    """The whole body of `PUT /_sandbox/faults`; what is left out is off.

    `clock_skew_s` shifts the time stamps of signatures on answers and call-backs. `rotate_certificate` is
    an action of the moment: it is carried out once and never answered back.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    answers: list[AnswerFault] = Field(default_factory=list, max_length=100)
    notifications: list[NotificationFault] = Field(default_factory=list, max_length=100)
    clock_skew_s: int = Field(default=0, ge=-86_400, le=86_400)
    rotate_certificate: Literal["announce", "switch", "retire"] | None = None


@dataclass(frozen=True, slots=True)
class NotificationPlan:
    """When a fresh call-back goes out: withheld, held until another was tried, or after `delay_s`."""

    is_withheld: bool = False
    is_held: bool = False
    delay_s: int = 0


class FaultPlan:
    """The faults in force. Taking one spends it, so that two messages never share the last time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults = Faults()

    def replace(self, faults: Faults) -> None:
        """Forget the faults in force and use these."""
        with self._lock:
            self._faults = faults.model_copy(update={"rotate_certificate": None}, deep=True)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self.replace(Faults())

    def show(self) -> dict[str, Any]:
        """The faults in force, with the times that are left."""
        with self._lock:
            return self._faults.model_dump(exclude={"rotate_certificate"})

    @property
    def clock_skew_s(self) -> int:
        """By how many seconds the time stamps of signatures are wrong."""
        return self._faults.clock_skew_s

    def take_answer_faults(self, method: str, path: str) -> list[AnswerFault]:
        """The faults of one answer, each kind at most once."""
        with self._lock:
            found: dict[str, AnswerFault] = {}
            for fault in self._faults.answers:
                if fault.kind not in found and fault.method in (None, method) and fault.hits(path):
                    found[fault.kind] = fault.model_copy()
                    fault.spend()
            return list(found.values())

    def plan_notification(self, notify_url: str) -> NotificationPlan:
        """What happens to a call-back when it is made."""
        faults = self._take(notify_url, ("off", "delay", "reorder"))
        return NotificationPlan(
            is_withheld="off" in faults,
            is_held="reorder" in faults,
            delay_s=faults["delay"].delay_s if "delay" in faults else 0,
        )

    def take_try_faults(self, notify_url: str) -> dict[str, NotificationFault]:
        """The faults of one try, by kind."""
        return self._take(notify_url, ("duplicate", "forge", "tamper", "signature_probe"))

    def _take(self, notify_url: str, kinds: tuple[str, ...]) -> dict[str, NotificationFault]:
        path = urlsplit(notify_url).path or "/"
        with self._lock:
            found: dict[str, NotificationFault] = {}
            for fault in self._faults.notifications:
                if fault.kind in kinds and fault.kind not in found and fault.hits(path):
                    found[fault.kind] = fault.model_copy()
                    fault.spend()
            return found
