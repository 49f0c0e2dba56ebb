"""What an order is, here: a scannable order with one trade, or one trade per sub-order when combined."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wanpu_sandbox.wechatpay.states import Mode, TradeState

CODE_LIFE = timedelta(hours=2)
"""A code_url dies after two hours, whatever the order's own expiry."""

SHORTEST_ORDER_LIFE = timedelta(minutes=1)
LONGEST_ORDER_LIFE = timedelta(days=7)
"""Also the life of an order that names no `time_expire`."""


@dataclass(frozen=True, slots=True)
class NewTrade:
    """One transaction to be made. `sub_mchid` is empty for a direct merchant."""

    mchid: str
    sub_mchid: str
    sub_appid: str | None
    out_trade_no: str
    description: str
    attach: str | None
    total_fen: int
    profit_sharing: bool


@dataclass(frozen=True, slots=True)
class NewOrder:
    """A checked create request. Two requests with the same `fingerprint` and `settlement` are the same.

    `settlement` holds the `settle_info` parts apart, since the provider words their difference apart.
    """

    mode: Mode
    mchid: str
    appid: str
    combine_out_trade_no: str | None
    device_id: str | None
    notify_url: str
    time_expire: datetime | None
    fingerprint: str
    settlement: str
    trades: tuple[NewTrade, ...]

    def expires_at(self, now: datetime) -> datetime:
        """When the order closes by itself: the wish, moved into the allowed span without a word."""
        latest = now + LONGEST_ORDER_LIFE
        wish = self.time_expire or latest
        return min(max(wish, now + SHORTEST_ORDER_LIFE), latest)


@dataclass(frozen=True, slots=True)
class Trade:
    """One transaction in one merchant's book."""

    mchid: str
    sub_mchid: str
    sub_appid: str | None
    out_trade_no: str
    description: str
    attach: str | None
    total_fen: int
    profit_sharing: bool
    transaction_id: str | None

    @property
    def payee(self) -> str:
        """The merchant who gets the money."""
        return self.sub_mchid or self.mchid


@dataclass(frozen=True, slots=True)
class Order:
    """A stored order. `buyer` is the first wallet that tried to pay; another one is refused.

    `code_url` is the code that leads here now; earlier ones are dead.
    """

    order_id: int
    mode: Mode
    mchid: str
    appid: str
    combine_out_trade_no: str | None
    device_id: str | None
    notify_url: str
    fingerprint: str
    settlement: str
    stored_state: TradeState
    created_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    buyer: str | None
    payer_openid: str | None
    code_url: str
    trades: tuple[Trade, ...]

    def state(self, now: datetime) -> TradeState:
        """An unpaid order closes by itself at its expiry; business time never goes back, so it stays so."""
        if self.stored_state is TradeState.NOTPAY and now >= self.expires_at:
            return TradeState.CLOSED
        return self.stored_state

    def imagine_paid(self, payer_openid: str, now: datetime) -> "Order":
        """A copy that looks paid, with made-up transaction numbers, for call-backs that lie."""
        trades = tuple(
            replace(trade, transaction_id=trade.transaction_id or f"42009{self.order_id:021d}{index:02d}")
            for index, trade in enumerate(self.trades)
        )
        return replace(
            self,
            stored_state=TradeState.SUCCESS,
            paid_at=self.paid_at or now,
            payer_openid=self.payer_openid or payer_openid,
            trades=trades,
        )

    @property
    def total_fen(self) -> int:
        """What the buyer pays for all trades together."""
        return sum(trade.total_fen for trade in self.trades)

    @property
    def number(self) -> str:
        """The number by which its merchant knows the order."""
        return self.combine_out_trade_no or self.trades[0].out_trade_no


@dataclass(frozen=True, slots=True)
class Code:
    """A code_url, and the order that it leads to."""

    code_url: str
    order_id: int
    created_at: datetime
    is_replaced: bool

    def is_expired(self, now: datetime) -> bool:
        """Whether its two hours are over."""
        return now >= self.created_at + CODE_LIFE
