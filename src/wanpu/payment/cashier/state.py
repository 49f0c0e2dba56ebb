"""Where a payment stands for its buyer; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wanpu.payment.models import Payment, PaymentAttempt
from wanpu.payment.rules import LAST_START, is_being_asked
from wanpu.payment.states import LIVE, AttemptStatus, PaymentStatus


class Scene(StrEnum):
    """What the cashier shows."""

    CHOOSING = "choosing"  # a method can be chosen; nothing is being paid yet
    PAYING = "paying"  # a code can be scanned
    CODE_EXPIRED = "code_expired"  # its code died; a fresh one can be had
    UNAVAILABLE = "unavailable"  # the channel gave no answer, or refused; another try can be made
    TOO_LATE = "too_late"  # so little time is left that no attempt is started
    CLOSING = "closing"  # its end is being proven at the channel
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    PAID = "paid"

    @property
    def is_final(self) -> bool:
        """Whether nothing follows."""
        return self in (Scene.PAID, Scene.CANCELLED, Scene.TIMED_OUT)


@dataclass(frozen=True)
class CashierState:
    """The scene, the seconds until the payment ends, and the code that can be scanned."""

    scene: Scene
    seconds_left: int
    code: str | None = None
    code_seconds_left: int = 0
    code_id: str = ""
    """Names the code that is shown, so that a page knows when it has changed."""


def cashier_state(payment: Payment, attempts: Sequence[PaymentAttempt], now: datetime) -> CashierState:
    """What the buyer may do now."""
    seconds_left = max(int((payment.expires_at - now).total_seconds()), 0)
    live = next((attempt for attempt in attempts if attempt.status in LIVE), None)
    scene = _settled_scene(payment, now)
    if scene is not None:
        return CashierState(scene, 0 if scene.is_final else seconds_left)
    if live is not None and live.action is not None and live.action_expires_at is not None:
        code_left = int((live.action_expires_at - now).total_seconds())
        if code_left > 0:
            content = str(live.action["content"])
            return CashierState(Scene.PAYING, seconds_left, content, code_left, live.attempt_no)
    if now + LAST_START >= payment.expires_at:
        return CashierState(Scene.TOO_LATE, seconds_left)
    return CashierState(_waiting_scene(live, attempts, now), seconds_left)


def _settled_scene(payment: Payment, now: datetime) -> Scene | None:
    if payment.status is PaymentStatus.PAID:
        return Scene.PAID
    if payment.status is PaymentStatus.CLOSED:
        # A payment over nothing was closed before it was begun: its end says nothing about a time limit.
        was_begun = payment.amount_fen > 0
        is_late = payment.closed_at is not None and payment.closed_at >= payment.expires_at
        return Scene.TIMED_OUT if was_begun and is_late else Scene.CANCELLED
    if payment.close_requested_at is not None or now >= payment.expires_at:
        return Scene.CLOSING
    return None


def _waiting_scene(live: PaymentAttempt | None, attempts: Sequence[PaymentAttempt], now: datetime) -> Scene:
    if live is None:
        has_failed = any(attempt.status is AttemptStatus.FAILED for attempt in attempts)
        return Scene.UNAVAILABLE if has_failed else Scene.CHOOSING
    if live.action is not None:
        return Scene.CODE_EXPIRED
    return Scene.CHOOSING if is_being_asked(live, now) else Scene.UNAVAILABLE
