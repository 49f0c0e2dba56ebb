"""One WeChat Pay account as a channel: sign, send, verify, classify.

No answer counts before its signature is proven over the raw bytes. What cannot be proven or understood is
`OutcomeUnknown`; only codes documented as final are rejections (they come unsigned, so TLS vouches for them).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from wanpu.infra.http_client import HttpAnswer, HttpClient, NoAnswer
from wanpu.kernel.clock import Clock
from wanpu.payment.channel import (
    ChannelRejected,
    CloseCapability,
    Notification,
    NotificationRefused,
    OutcomeUnknown,
    PaymentReport,
    PaymentRequest,
    QrCode,
)
from wanpu.payment.channels.wechatpay import mapping, reports
from wanpu.payment.channels.wechatpay.account import WechatPayAccount
from wanpu.payment.channels.wechatpay.mapping import Call
from wanpu.payment.channels.wechatpay.platform_keys import PlatformKeys
from wanpu.payment.channels.wechatpay.signed_http import DEFAULT_TIMEOUT_S, SignedHttp, random_nonce
from wanpu_wire.wechatpay.answers import SignatureHeaders, verify_answer
from wanpu_wire.wechatpay.errors import (
    BadSignature,
    CannotDecrypt,
    MalformedBody,
    MissingSignature,
    StaleTimestamp,
    UnknownSerial,
    WireError,
)
from wanpu_wire.wechatpay.notification import Envelope, parse_envelope

PAYMENT_EVENT = "TRANSACTION.SUCCESS"
PAYMENT_RESOURCE = "transaction"
TRIES_PER_CALL = 2

_REASONS: dict[type[WireError], str] = {
    MissingSignature: "missing_signature",
    StaleTimestamp: "stale_timestamp",
    UnknownSerial: "unknown_serial",
    BadSignature: "bad_signature",
    CannotDecrypt: "cannot_decrypt",
    MalformedBody: "malformed",
}


class WechatPayChannel:
    """Native payments of one account. Keep the instance: it holds parsed keys and certificates.

    `clock` is the machine's true time, never a shifted one: it is what signatures are made and checked with.
    """

    close_capability = CloseCapability.YES

    def __init__(
        self,
        account: WechatPayAccount,
        http: HttpClient,
        clock: Clock,
        *,
        new_nonce: Callable[[], str] = random_nonce,
        timeout_s: float = DEFAULT_TIMEOUT_S,
    ) -> None:
        self.account_no = account.mchid
        self.app_id = account.appid
        self._account = account
        self._clock = clock
        self._http = SignedHttp(account, http, clock, new_nonce=new_nonce, timeout_s=timeout_s)
        self._keys = PlatformKeys(account, self._http, clock)

    async def create_payment(self, request: PaymentRequest) -> QrCode:
        """Native下单, for one merchant or combined for several (合单).

        Safe to repeat with the same request: the provider keys orders by number and answers a fresh code; the
        earlier code then dies.

        Raises:
            NotSupported: nothing was sent.
            OrderAlreadyPaid: the number was paid before.
            ChannelRejected: a code documented as final.
            OutcomeUnknown: the order may exist.

        Source: WeChat Pay API v3, POST /v3/pay/transactions/native, /v3/pay/partner/transactions/native and
        /v3/combine-transactions/native.
        """
        body = await self._call(mapping.create_call(request, self._account))
        with _readable():
            return reports.qr_code(body, request)

    async def query_payment(self, request: PaymentRequest) -> PaymentReport:
        """查询订单 by our number. A number that the channel never heard of is a report, not an error.

        Raises:
            ChannelRejected: this account may not ask.
            OutcomeUnknown: no answer, or one that is not about this order.

        Source: WeChat Pay API v3, GET …/out-trade-no/{out_trade_no} of the three families.
        """
        try:
            body = await self._call(mapping.query_call(request, self._account))
        except ChannelRejected as rejection:
            if mapping.is_absent(rejection):
                return reports.absent_report(request, self._account)
            raise
        with _readable():
            return reports.query_report(body, request, self._account)

    async def close_payment(self, request: PaymentRequest) -> None:
        """关闭订单: afterwards nobody can pay it. Repeating it is fine; the number is never usable again.

        Raises:
            OrderAlreadyPaid: money was faster: query it.
            ChannelRejected: this account may not close it, or (ORDER_NOT_EXIST) there is no such order.
            OutcomeUnknown: it may still be payable.

        Source: WeChat Pay API v3, POST …/out-trade-no/{out_trade_no}/close of the three families.
        """
        await self._call(mapping.close_call(request, self._account))

    async def read_notification(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> Notification:
        """支付成功回调通知: verify the raw bytes, decrypt, read. `now` is true time, as for `clock`.

        A signature probe (`WECHATPAY/SIGNTEST/…`) is refused like any forgery; the true one follows.

        Raises:
            NotificationRefused: it proves nothing, or is about something else than a payment.

        Source: WeChat Pay API v3, 支付成功回调通知 and 合单支付成功回调通知.
        """
        try:
            verify_answer(self._keys.trusted(now), SignatureHeaders.of(headers), body, now=now)
            envelope = parse_envelope(body)
            _require_payment(envelope)
            plaintext = envelope.decrypt(self._account.apiv3_key)
            report = reports.notification_report(plaintext, self._account)
        except WireError as error:
            raise NotificationRefused(_REASONS[type(error)]) from error
        return Notification(envelope.id, report, plaintext)

    async def _call(self, call: Call) -> bytes:
        """Send until an answer is proven genuine, and give its body.

        A wrong signature is tried once more with a fresh request, since every call of this module may be
        repeated; so a signature probe costs one round trip.
        """
        await self._keys.poll()
        if not self._keys.trusted(self._clock.now()):
            raise OutcomeUnknown("nothing was sent: there is no key to verify an answer with")
        for _ in range(TRIES_PER_CALL):
            answer = await self._send(call)
            try:
                await self._verify(answer)
            except BadSignature:
                continue
            if answer.status != call.success:
                raise OutcomeUnknown(f"HTTP {answer.status} is not documented for this call")
            return answer.body
        raise OutcomeUnknown("every answer has a wrong signature")

    async def _send(self, call: Call) -> HttpAnswer:
        try:
            answer = await self._http.send(call.method, call.target, call.body)
        except NoAnswer as error:
            raise OutcomeUnknown(f"no answer: {error}") from error
        if answer.status // 100 != 2:
            raise mapping.refusal(call, answer.status, answer.body, answer.headers.get("request-id", ""))
        return answer

    async def _verify(self, answer: HttpAnswer) -> None:
        """Prove a 2xx answer; new platform certificates are fetched when it names one that we lack.

        Raises:
            BadSignature: it may be a probe: ask again.
            OutcomeUnknown: unsigned, stale, or signed by nobody we know.
        """
        try:
            headers = SignatureHeaders.of(answer.headers)
            try:
                self._check(headers, answer.body)
            except UnknownSerial:
                if not await self._keys.look_for_new():
                    raise
                self._check(headers, answer.body)
        except BadSignature:
            raise
        except WireError as error:
            raise OutcomeUnknown(f"the answer proves nothing: {error}") from error

    def _check(self, headers: SignatureHeaders, body: bytes) -> None:
        now = self._clock.now()
        verify_answer(self._keys.trusted(now), headers, body, now=now)


def _require_payment(envelope: Envelope) -> None:
    """Refuse what is genuine but not a payment: refunds, sharing, events that came after this code."""
    if (envelope.event_type, envelope.original_type) != (PAYMENT_EVENT, PAYMENT_RESOURCE):
        raise NotificationRefused("not_a_payment")


@contextmanager
def _readable() -> Iterator[None]:
    """Turn a genuine answer that we cannot read into an unknown outcome."""
    try:
        yield
    except MalformedBody as error:
        raise OutcomeUnknown(f"the answer cannot be read: {error}") from error
