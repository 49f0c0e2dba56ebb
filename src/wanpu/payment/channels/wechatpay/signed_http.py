"""Signed requests of one account. What comes back is not verified here."""

import secrets
from collections.abc import Callable

from wanpu.infra.http_client import HttpAnswer, HttpClient
from wanpu.kernel.clock import Clock
from wanpu.payment.channels.wechatpay.account import WechatPayAccount
from wanpu_wire.wechatpay.signing import Authorization, format_authorization, request_message, sign

USER_AGENT = "Wanpu/0.1"
DEFAULT_TIMEOUT_S = 10.0


def random_nonce() -> str:
    """32 random hexadecimal digits."""
    return secrets.token_hex(16).upper()


class SignedHttp:
    """Signs and sends. `clock` is the machine's true time: the provider allows five minutes."""

    def __init__(
        self,
        account: WechatPayAccount,
        http: HttpClient,
        clock: Clock,
        *,
        new_nonce: Callable[[], str] = random_nonce,
        timeout_s: float = DEFAULT_TIMEOUT_S,
    ) -> None:
        self._account = account
        self._http = http
        self._clock = clock
        self._new_nonce = new_nonce
        self._timeout_s = timeout_s

    async def send(self, method: str, target: str, body: bytes = b"") -> HttpAnswer:
        """Send one request with a fresh time stamp and nonce; `target` is the path and query as written.

        Raises:
            NoAnswer: the outcome is unknown.

        Source: WeChat Pay API v3, 签名生成; 微信支付公钥 for the Wechatpay-Serial of a request.
        """
        account = self._account
        timestamp = str(int(self._clock.now().timestamp()))
        nonce = self._new_nonce()
        signature = sign(account.merchant_key, request_message(method, target, timestamp, nonce, body))
        headers = {
            "Authorization": format_authorization(
                Authorization(account.mchid, account.merchant_serial_no, nonce, timestamp, signature)
            ),
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Accept-Language": "zh-CN",
            "User-Agent": USER_AGENT,
        }
        if body:
            headers["Content-Type"] = "application/json"
        if account.public_key_id:
            headers["Wechatpay-Serial"] = account.public_key_id
        return await self._http.send(
            method, account.base_url + target, headers=headers, body=body, timeout_s=self._timeout_s
        )
