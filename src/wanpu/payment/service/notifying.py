"""异步通知 from channels: verify the raw bytes, store and settle in one transaction, answer after commit."""

from collections.abc import Mapping

from structlog import get_logger

from wanpu.infra import metrics
from wanpu.kernel.errors import Unavailable
from wanpu.kernel.ids import Id
from wanpu.payment.channel import Notification, NotificationRefused
from wanpu.payment.errors import ChannelAccountUnknown
from wanpu.payment.models import PaymentNotification
from wanpu.payment.service.attempts import Ended
from wanpu.payment.service.books import told
from wanpu.payment.service.notices import Notice, mark_settled, settle_stored, store_pending
from wanpu.payment.service.querying import query_now
from wanpu.payment.services import PaymentServices
from wanpu.payment.states import NotificationResult

log = get_logger(__name__)

UNKEPT_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})
MAX_KEPT_HEADERS = 40


async def receive_notification(
    app: PaymentServices, channel_name: str, account_id: int, headers: Mapping[str, str], body: bytes
) -> NotificationResult:
    """Take one notification; when this returns it is committed and may be acknowledged.

    When settling refuses or meets conflicts without end, the raw row alone is committed and due work goes on.

    Raises:
        ChannelAccountUnknown: no such account of that channel.
        NotificationRefused: it proves nothing; nothing was stored.
        Unavailable: nothing was stored; the channel will repeat it.
    """
    account = await app.channels.facts(account_id)
    if account.channel != channel_name:
        raise ChannelAccountUnknown
    channel = await app.channels.for_account(account_id)
    received_at = app.channels.signature_clock.now()
    try:
        notification = await channel.read_notification(headers, body, now=received_at)
    except NotificationRefused as refusal:
        metrics.NOTIFICATIONS.labels(channel_name, f"refused_{refusal.reason}").inc()
        log.warning("notification.refused", account_id=account_id, reason=refusal.reason)
        raise
    (row_id,) = await app.serials.take("payment_notification")
    notice = Notice(
        id=Id(row_id),
        notification_id=notification.notification_id,
        headers=_kept(headers),
        body=body.decode("utf-8"),
        received_at=received_at,
        told=await told(app.serials, account, notification.report),
    )
    result = await _take(app, notice)
    metrics.NOTIFICATIONS.labels(channel_name, result).inc()
    return result


async def _take(app: PaymentServices, notice: Notice) -> NotificationResult:
    try:
        return await app.notices.submit(notice)
    except Unavailable:
        raise
    except Exception as error:  # Whatever settling met, the channel's word must not be lost.
        log.error("notification.unsettled", notification=notice.id, exc_info=error)
    await store_pending(app.db, notice)
    return NotificationResult.PENDING


async def settle_notification(app: PaymentServices, notification_id: int) -> None:
    """Settle a notification that was only stored: read it again as of the moment it came.

    When its key is no longer trusted, the active query speaks instead.

    Raises:
        NotificationRefused: nothing could be proven yet; try again later.
    """
    async with app.db.reading() as session:
        row = await session.get(PaymentNotification, notification_id)
    if row is None or row.result is not NotificationResult.PENDING:
        return
    channel = await app.channels.for_account(row.account_id)
    try:
        notification: Notification = await channel.read_notification(
            row.headers, row.body.encode("utf-8"), now=row.received_at
        )
    except NotificationRefused:
        if await query_now(app, row.attempt_no) is not Ended.PAID:
            raise
        await mark_settled(app.db, notification_id)
        return
    account = await app.channels.facts(row.account_id)
    news = await told(app.serials, account, notification.report)
    result = await settle_stored(app.db, notification_id, news)
    if result is not None:
        metrics.NOTIFICATIONS.labels(row.channel, result).inc()


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that a later look needs: signatures are among them, credentials are not."""
    kept = [(name.lower(), value) for name, value in headers.items() if name.lower() not in UNKEPT_HEADERS]
    return dict(kept[:MAX_KEPT_HEADERS])
