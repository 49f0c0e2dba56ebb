"""The provider keys that one account trusts, and how its platform certificates stay current.

Source: WeChat Pay API v3, 下载平台证书, 平台证书更换 and 微信支付公钥.
"""

import asyncio
from datetime import datetime, timedelta
from http import HTTPStatus

import structlog

from wanpu.infra.http_client import HttpAnswer, NoAnswer
from wanpu.kernel.clock import Clock
from wanpu.payment.channels.wechatpay.account import WechatPayAccount
from wanpu.payment.channels.wechatpay.signed_http import SignedHttp
from wanpu_wire.wechatpay.answers import KeyRing, SignatureHeaders, verify_answer
from wanpu_wire.wechatpay.certificates import PlatformCertificate, parse_certificates
from wanpu_wire.wechatpay.errors import MalformedBody, WireError
from wanpu_wire.wechatpay.signing import load_public_key

CERTIFICATES_TARGET = "/v3/certificates?algorithm_type=RSA"
POLL_EVERY = timedelta(hours=6)
"""The provider asks to look for new certificates more often than every twelve hours."""
NOT_WITHIN_OF_SUCCESS = timedelta(minutes=5)
NOT_WITHIN_OF_FAILURE = timedelta(seconds=30)

log = structlog.get_logger(__name__)


class PlatformKeys:
    """Trusted keys by serial. A certificate counts within its own validity only.

    While the provider rotates, old and new certificates are trusted together: those of the account's
    settings, of the last download, and of the one before.
    """

    def __init__(self, account: WechatPayAccount, http: SignedHttp, clock: Clock) -> None:
        self._account = account
        self._http = http
        self._clock = clock
        self._lock = asyncio.Lock()
        self._certificates = {certificate.serial_no: certificate for certificate in account.certificates}
        self._listed: tuple[PlatformCertificate, ...] = ()
        self._keys = {
            serial: load_public_key(certificate.certificate_pem)
            for serial, certificate in self._certificates.items()
        }
        self._downloads = 0
        self._next_poll: datetime | None = None
        self._not_before: datetime | None = None

    def trusted(self, now: datetime) -> KeyRing:
        """Every key that may sign at `now`."""
        ring = {
            serial: self._keys[serial]
            for serial, certificate in self._certificates.items()
            if certificate.effective_time <= now < certificate.expire_time
        }
        if self._account.public_key_id and self._account.public_key:
            ring[self._account.public_key_id] = self._account.public_key
        return KeyRing(ring)

    async def poll(self) -> None:
        """Download the certificates when it is time to; a failure leaves the present ones in place.

        One caller downloads; the others go on with what is trusted, or wait when nothing is yet.
        """
        if not self._account.downloads_certificates:
            return
        is_under_way = self._lock.locked()
        if is_under_way and self.trusted(self._clock.now()):
            return
        if not is_under_way and not self._is_due():
            return
        async with self._lock:
            if self._is_due():
                await self._download()

    async def look_for_new(self) -> bool:
        """Download because an answer named an unknown serial. False: nothing new, or tried a moment ago.

        Never called for a notification: whoever can send us one must not make us call anybody.
        """
        if not self._account.downloads_certificates:
            return False
        seen = self._downloads
        async with self._lock:
            if self._downloads != seen:
                return True
            return self._may_ask() and await self._download()

    def _is_due(self) -> bool:
        return self._may_ask() and (self._next_poll is None or self._clock.now() >= self._next_poll)

    def _may_ask(self) -> bool:
        return self._not_before is None or self._clock.now() >= self._not_before

    async def _download(self) -> bool:
        self._not_before = self._clock.now() + NOT_WITHIN_OF_FAILURE
        try:
            answer = await self._http.send("GET", CERTIFICATES_TARGET)
            listed = self._verified(answer)
        except (NoAnswer, WireError) as error:
            log.warning("wechatpay.certificates_not_refreshed", mchid=self._account.mchid, error=repr(error))
            return False
        self._keep(listed)
        self._downloads += 1
        self._next_poll = self._clock.now() + POLL_EVERY
        self._not_before = self._clock.now() + NOT_WITHIN_OF_SUCCESS
        log.info(
            "wechatpay.certificates_refreshed", mchid=self._account.mchid, serials=sorted(self._certificates)
        )
        return True

    def _verified(self, answer: HttpAnswer) -> tuple[PlatformCertificate, ...]:
        """The certificates of an answer.

        The cipher proves that the sender knows our APIv3 key, so an answer may be signed by a certificate
        that it brings itself: the first one always is.
        """
        if answer.status != HTTPStatus.OK:
            raise MalformedBody(f"status {answer.status}")
        listed = tuple(parse_certificates(answer.body, self._account.apiv3_key))
        if not listed:
            raise MalformedBody("no certificate in the answer")
        now = self._clock.now()
        ring = self.trusted(now)
        for certificate in listed:
            ring = ring.with_key(certificate.serial_no, load_public_key(certificate.certificate_pem))
        verify_answer(ring, SignatureHeaders.of(answer.headers), answer.body, now=now)
        return listed

    def _keep(self, listed: tuple[PlatformCertificate, ...]) -> None:
        kept = (*self._account.certificates, *self._listed, *listed)
        self._certificates = {certificate.serial_no: certificate for certificate in kept}
        self._keys = {
            serial: self._keys.get(serial) or load_public_key(certificate.certificate_pem)
            for serial, certificate in self._certificates.items()
        }
        self._listed = listed
