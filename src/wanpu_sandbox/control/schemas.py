"""Bodies that the control API takes."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from wanpu_sandbox.faults import ForgeKind
from wanpu_sandbox.wechatpay.states import NotificationKey, Outcome
from wanpu_sandbox.wechatpay.transactions import DEFAULT_BUYER


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PayBody(_Body):
    """`content` is what a phone would scan; `buyer` tells wallets apart."""

    content: str = Field(min_length=1, max_length=512)
    wallet: Literal["wechat"] = "wechat"
    outcome: Outcome = Outcome.PAID
    buyer: str = Field(default=DEFAULT_BUYER, min_length=1, max_length=64)


class ClockBody(_Body):
    """Move business time forward."""

    advance_s: int = Field(ge=0, le=400 * 86_400, strict=True)


class ForgeBody(_Body):
    """Send a false call-back for an order, paid or not.

    `changes` sets members of the resource by dotted path.
    """

    content: str = Field(min_length=1, max_length=512)
    forge: ForgeKind
    changes: dict[str, Any] = Field(default_factory=dict, max_length=20)


class MerchantBody(_Body):
    """What is left out stays as it is."""

    name: str | None = Field(default=None, min_length=1, max_length=64)
    notification_key: NotificationKey | None = None
    has_platform_certificate: bool | None = None
