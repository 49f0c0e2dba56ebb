"""A channel that lives in memory: it keeps orders like a provider and fails exactly as it is told."""

import hashlib
import hmac
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta

from wanpu.kernel.clock import Clock
from wanpu.kernel.money import Fen
from wanpu.payment.channel import (
    AccountFacts,
    Channel,
    ChannelRejected,
    ChannelState,
    CloseCapability,
    Notification,
    NotificationRefused,
    OrderAlreadyPaid,
    OutcomeUnknown,
    PaidPart,
    PaymentReport,
    PaymentRequest,
    QrCode,
)
from wanpu.payment.errors import ChannelAccountUnknown

ACCOUNT_NO = "1900000100"
APP_ID = "wx0123456789abcdef"
CODE_LIFE = timedelta(hours=2)
SIGNATURE = "wechatpay-signature"
KEY = b"the scripted channel's own key"


@dataclass
class Order:
    """One order at the provider."""

    request: PaymentRequest
    state: ChannelState = ChannelState.OPEN
    transactions: tuple[str, ...] = ()
    paid_at: datetime | None = None
    codes: int = 0


@dataclass
class ScriptedChannel:
    """A provider's side of one account. `faults[operation]` are raised one by one, before the operation
    takes effect; `lost[operation]` after it took effect."""

    clock: Clock
    account_no: str = ACCOUNT_NO
    app_id: str = APP_ID
    close_capability: CloseCapability = CloseCapability.YES
    orders: dict[str, Order] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    faults: dict[str, deque[Exception]] = field(default_factory=dict)
    lost: dict[str, deque[Exception]] = field(default_factory=dict)
    before: dict[str, Callable[[], object]] = field(default_factory=dict)
    tamper: Callable[[PaymentReport], PaymentReport] | None = None  # what queries tell instead of the truth
    refuses: str | None = None  # why every notification is refused
    transaction_count: int = 0

    async def create_payment(self, request: PaymentRequest) -> QrCode:
        await self._enter("create", request.attempt_no)
        order = self.orders.get(request.attempt_no)
        if order is None:
            order = self.orders[request.attempt_no] = Order(request)
        if order.request != request:
            raise OutcomeUnknown("OUT_TRADE_NO_USED")
        if order.state is ChannelState.PAID:
            raise OrderAlreadyPaid("ORDERPAID", "paid")
        if order.state is ChannelState.CLOSED:
            raise ChannelRejected("ORDER_CLOSED", "closed")
        order.codes += 1
        self._lose("create")
        content = f"weixin://wxpay/bizpayurl?pr={request.attempt_no}{order.codes}"
        return QrCode(content, min(request.created_at + CODE_LIFE, request.expires_at))

    async def query_payment(self, request: PaymentRequest) -> PaymentReport:
        await self._enter("query", request.attempt_no)
        order = self.orders.get(request.attempt_no)
        self._lose("query")
        if order is None:
            return replace(self.report_of(Order(request)), state=ChannelState.ABSENT)
        self._expire(order)
        report = self.report_of(order)
        return report if self.tamper is None else self.tamper(report)

    async def close_payment(self, request: PaymentRequest) -> None:
        await self._enter("close", request.attempt_no)
        order = self.orders.get(request.attempt_no)
        if order is None:
            raise ChannelRejected("ORDER_NOT_EXIST", "unknown number")
        if order.state is ChannelState.PAID:
            raise OrderAlreadyPaid("ORDERPAID", "paid")
        order.state = ChannelState.CLOSED
        self._lose("close")

    async def read_notification(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> Notification:
        if self.refuses is not None:
            raise NotificationRefused(self.refuses)
        found = {name.lower(): value for name, value in headers.items()}
        if SIGNATURE not in found:
            raise NotificationRefused("missing_signature")
        if not hmac.compare_digest(found[SIGNATURE], self.sign(body)):
            raise NotificationRefused("bad_signature")
        told = json.loads(body)
        parts = tuple(
            PaidPart(**{**part, "amount_fen": Fen(part["amount_fen"])}) for part in told.pop("parts")
        )
        paid_at = datetime.fromisoformat(told.pop("paid_at"))
        report = PaymentReport(
            **{**told, "state": ChannelState(told["state"]), "parts": parts, "paid_at": paid_at}
        )
        return Notification(f"N-{report.attempt_no}", report, body)

    def sign(self, body: bytes) -> str:
        """What a genuine notification's header holds."""
        return hmac.new(KEY + self.account_no.encode(), body, hashlib.sha256).hexdigest()

    def notification(self, report: PaymentReport) -> tuple[dict[str, str], bytes]:
        """A genuine notification of a report: headers and body."""
        body = json.dumps(
            {**asdict(report), "paid_at": (report.paid_at or self.clock.now()).isoformat()}
        ).encode()
        return {SIGNATURE: self.sign(body), "content-type": "application/json"}, body

    def pay(self, attempt_no: str) -> PaymentReport:
        """The buyer pays the order now; what the channel tells of it."""
        order = self.orders[attempt_no]
        assert order.state is ChannelState.OPEN, f"{attempt_no} is {order.state}"
        order.state, order.paid_at = ChannelState.PAID, self.clock.now()
        numbers = []
        for _ in order.request.parts:
            self.transaction_count += 1
            numbers.append(f"42000{self.transaction_count:023d}")
        order.transactions = tuple(numbers)
        return self.report_of(order)

    def report_of(self, order: Order) -> PaymentReport:
        """What the channel tells of an order."""
        request = order.request
        parts = tuple(
            PaidPart(
                part.part_no if request.is_combined else request.attempt_no,
                part.sub_merchant_no,
                part.amount_fen,
                number,
            )
            for part, number in zip(request.parts, order.transactions, strict=False)
        )
        return PaymentReport(
            attempt_no=request.attempt_no,
            state=order.state,
            account_no=self.account_no,
            app_id=self.app_id,
            amount_fen=request.amount_fen,
            currency="CNY",
            parts=parts,
            paid_at=order.paid_at,
            payer_id="oBuyer" if order.paid_at else None,
        )

    def count(self, operation: str) -> int:
        """How often an operation was called."""
        return sum(1 for name, _ in self.calls if name == operation)

    async def _enter(self, operation: str, attempt_no: str) -> None:
        self.calls.append((operation, attempt_no))
        if hook := self.before.get(operation):
            waited = hook()
            if hasattr(waited, "__await__"):
                await waited
        if faults := self.faults.get(operation):
            raise faults.popleft()

    def _lose(self, operation: str) -> None:
        if lost := self.lost.get(operation):
            raise lost.popleft()

    def _expire(self, order: Order) -> None:
        if order.state is ChannelState.OPEN and self.clock.now() >= order.request.expires_at:
            order.state = ChannelState.CLOSED


@dataclass
class ScriptedChannels:
    """The channels of a test, by account id."""

    signature_clock: Clock
    channels: dict[int, ScriptedChannel]
    names: dict[int, str] = field(default_factory=dict)

    async def for_account(self, account_id: int) -> Channel:
        return self._get(account_id)

    async def facts(self, account_id: int) -> AccountFacts:
        channel = self._get(account_id)
        name = self.names.get(account_id, "wechatpay")
        return AccountFacts(account_id, name, channel.account_no, channel.app_id, "partner")

    async def list_accounts(self) -> list[int]:
        return sorted(self.channels)

    def _get(self, account_id: int) -> ScriptedChannel:
        if account_id not in self.channels:
            raise ChannelAccountUnknown
        return self.channels[account_id]
