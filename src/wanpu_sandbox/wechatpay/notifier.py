"""Delivers call-backs in the background: claims due ones, posts them, and follows the retry ladder."""

import asyncio
import contextlib
import logging
from datetime import timedelta
from types import TracebackType
from typing import Any

import aiohttp

from wanpu_sandbox.clock import SandboxClock
from wanpu_sandbox.database import Database
from wanpu_sandbox.faults import FaultPlan, ForgeKind
from wanpu_sandbox.wechatpay import notifications
from wanpu_sandbox.wechatpay.accounts import Accounts, Merchant, Signer
from wanpu_sandbox.wechatpay.callbacks import Alterations, NoSuchMember, build_callback
from wanpu_sandbox.wechatpay.merchant_settings import MerchantSettings
from wanpu_sandbox.wechatpay.notifications import Notification, Try
from wanpu_sandbox.wechatpay.orders import Order
from wanpu_sandbox.wechatpay.states import NotificationState

log = logging.getLogger(__name__)

ANSWER_WITHIN_S = 5
"""A later answer counts as none. Source: 支付成功回调通知."""

_LEASE = timedelta(seconds=4 * ANSWER_WITHIN_S)
_BATCH = 50
_LONGEST_SLEEP_S = 60.0


class Notifier:
    """Use as an asynchronous context manager; `wake` after anything that may make a call-back due."""

    def __init__(
        self,
        database: Database,
        clock: SandboxClock,
        accounts: Accounts,
        settings: MerchantSettings,
        faults: FaultPlan,
    ) -> None:
        self._database = database
        self._clock = clock
        self._accounts = accounts
        self._settings = settings
        self._faults = faults
        self._woken = asyncio.Event()
        self._deliveries: set[asyncio.Task[None]] = set()
        self._http: aiohttp.ClientSession | None = None
        self._loop_task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Notifier":
        self._http = aiohttp.ClientSession(
            # By default aiohttp rounds a limit of five seconds up to the next full second.
            timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN_S, ceil_threshold=2 * ANSWER_WITHIN_S),
            connector=aiohttp.TCPConnector(limit=0),
            auto_decompress=False,
        )
        self._loop_task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._http is not None
        assert self._loop_task is not None
        tasks = {self._loop_task, *self._deliveries}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._http.close()

    def wake(self) -> None:
        """Look again for due call-backs."""
        self._woken.set()

    async def send_now(self, notification_id: str) -> Try | None:
        """Send once more, whatever its state; a failure leaves the ladder as it is. None: no such id."""
        with self._database.reading() as connection:
            notification = notifications.find(connection, notification_id)
        if notification is None:
            return None
        tries = await self._send(notification)
        with self._database.transaction() as connection:
            notifications.add_tries(connection, notification_id, tries)
            if any(one.is_acknowledged for one in tries):
                notifications.mark_delivered(connection, notification_id)
        return next((one for one in tries if one.is_acknowledged), tries[0])

    async def send_forged(self, order: Order, resource: dict[str, Any], forge: ForgeKind) -> Try:
        """Send a call-back that nobody should believe. Nothing is stored and nothing is repeated."""
        merchant = self._merchant(order.mchid)
        notification = Notification(
            notification_id=f"EV-{order.order_id:020d}",
            mchid=merchant.mchid,
            notify_url=order.notify_url,
            resource=resource,
            state=NotificationState.WITHHELD,
            created_at=self._clock.now(),
            due_at=None,
            failed_tries=0,
        )
        return await self._post(notification, Alterations(forge=forge))

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                due = self._claim()
                sleep_s = 0.0 if due else self._sleep_s()
            except Exception:
                log.exception("the notifier could not read its call-backs")
                due, sleep_s = [], 1.0
            for notification in due:
                task = asyncio.create_task(self._deliver(notification))
                self._deliveries.add(task)
                task.add_done_callback(self._deliveries.discard)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), sleep_s)

    def _claim(self) -> list[Notification]:
        with self._database.transaction() as connection:
            return notifications.claim_due(
                connection,
                now=self._clock.now(),
                machine_now=self._clock.signature_now(),
                lease=_LEASE,
                limit=_BATCH,
            )

    def _sleep_s(self) -> float:
        machine_now = self._clock.signature_now()
        with self._database.reading() as connection:
            due_at = notifications.next_due(connection, machine_now=machine_now)
            unclaimed_at = notifications.next_unclaimed(connection)
        waits = [_LONGEST_SLEEP_S]
        if due_at is not None:
            waits.append((due_at - self._clock.now()).total_seconds())
        if unclaimed_at is not None:
            waits.append((unclaimed_at - machine_now).total_seconds())
        return max(min(waits), 0.01)

    async def _deliver(self, notification: Notification) -> None:
        try:
            tries = await self._send(notification)
            with self._database.transaction() as connection:
                now = self._clock.now()
                notifications.add_tries(connection, notification.notification_id, tries)
                if any(one.is_acknowledged for one in tries):
                    notifications.mark_delivered(connection, notification.notification_id)
                else:
                    notifications.mark_failed(connection, notification.notification_id, now=now)
                notifications.release_held(connection, except_id=notification.notification_id, now=now)
        except Exception:
            log.exception("a call-back was not recorded; its claim runs out and it is sent again")
        self.wake()

    async def _send(self, notification: Notification) -> list[Try]:
        """One try, or as many at once as a `duplicate` fault asks for."""
        faults = self._faults.take_try_faults(notification.notify_url)
        copies = faults["duplicate"].copies if "duplicate" in faults else 1
        alterations = Alterations.of(faults)
        return list(await asyncio.gather(*(self._post(notification, alterations) for _ in range(copies))))

    async def _post(self, notification: Notification, alterations: Alterations) -> Try:
        tried_at = self._clock.now()
        merchant = self._merchant(notification.mchid)
        try:
            # Signing takes most of a millisecond, and a duplicate fault asks for a thousand at once.
            callback = await asyncio.to_thread(
                build_callback,
                notification_id=notification.notification_id,
                created_at=notification.created_at,
                resource=notification.resource,
                merchant=merchant,
                signer=self._signer(merchant),
                stranger=self._accounts.other_than(merchant),
                timestamp=int(self._clock.signature_now().timestamp()) + self._faults.clock_skew_s,
                alterations=alterations,
            )
        except NoSuchMember as error:
            return Try(tried_at, None, f"nothing to tamper with at {error}", alterations.name)
        status, problem = await self._exchange(notification.notify_url, callback.headers, callback.body)
        return Try(tried_at, status, problem, alterations.name)

    async def _exchange(
        self, url: str, headers: dict[str, str], body: bytes
    ) -> tuple[int | None, str | None]:
        assert self._http is not None
        try:
            async with self._http.post(url, data=body, headers=headers, allow_redirects=False) as answer:
                await answer.content.read(4096)
                return answer.status, None
        except TimeoutError:
            return None, f"no answer within {ANSWER_WITHIN_S} s"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return None, type(error).__name__

    def _signer(self, merchant: Merchant) -> Signer:
        if self._settings.signs_with_public_key(merchant.mchid):
            return merchant.public_key_signer
        return self._accounts.platform_signer

    def _merchant(self, mchid: str) -> Merchant:
        merchant = self._accounts.find(mchid)
        assert merchant is not None
        return merchant
