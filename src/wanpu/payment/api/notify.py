"""Notifications of payment channels: `POST /notify/{channel}/{account_id}`."""

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from structlog import get_logger

from wanpu.infra import metrics
from wanpu.infra.http.hot_route import HotRoute, hot_route
from wanpu.kernel.errors import Unavailable
from wanpu.kernel.ids import MAX_ID
from wanpu.payment.channel import NotificationRefused
from wanpu.payment.channels.registry import OPENERS
from wanpu.payment.errors import ChannelAccountUnknown
from wanpu.payment.service.notifying import receive_notification
from wanpu.payment.services import PaymentServices

log = get_logger(__name__)

MAX_BODY_BYTES = 64 * 1024


class BodyTooLarge(Exception):
    """The body passes 64 KiB; no channel sends that."""


async def notify(request: Request) -> Response:
    """异步通知: take one notification of a payment channel and acknowledge it once it is committed.

    A refusal tells its sender nothing about the reason.

    Source: WeChat Pay API v3, 支付成功回调通知: 200 or 204 acknowledges; anything else, with
    `{"code": "FAIL", "message"}`, makes the provider repeat it.
    """
    app: PaymentServices = request.app.state.payments
    channel = str(request.path_params["channel"])
    account_id = str(request.path_params["account_id"])
    try:
        if not (account_id.isascii() and account_id.isdigit() and 0 < int(account_id[:20]) <= MAX_ID):
            raise ChannelAccountUnknown
        body = await _read(request)
        await receive_notification(app, channel, int(account_id), dict(request.headers), body)
    except ChannelAccountUnknown:
        return _fail(404)
    except NotificationRefused:
        return _fail(401)
    except BodyTooLarge:
        known = channel if channel in OPENERS else "unknown"  # A forger may not make labels.
        metrics.NOTIFICATIONS.labels(known, "refused_too_large").inc()
        return _fail(413)
    except ClientDisconnect:
        return _fail(400)
    except Unavailable as error:
        log.warning("notification.unavailable", channel=channel, code=error.code, error=str(error))
        return _fail(503)
    return JSONResponse({"code": "SUCCESS", "message": "成功"})


async def _read(request: Request) -> bytes:
    announced = request.headers.get("content-length", "0")
    if not announced.isdigit() or int(announced[:12]) > MAX_BODY_BYTES:
        raise BodyTooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge
    return bytes(body)


def _fail(status: int) -> Response:
    return JSONResponse({"code": "FAIL", "message": "失败"}, status_code=status)


HOT_ROUTES: list[HotRoute] = [
    hot_route(
        "/notify/{channel}/{account_id}", notify, method="POST", answer=None, public=True, tags=["notify"]
    )
]
