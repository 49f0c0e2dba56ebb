"""The providers we speak to: one line each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wanpu.infra.http_client import HttpClient
from wanpu.kernel.clock import Clock
from wanpu.payment.channel import Channel
from wanpu.payment.channels.wechatpay import WechatPayChannel, read_account


@dataclass(frozen=True)
class Credentials:
    """Everything a connector needs of one account. `secrets` is open here and nowhere else."""

    mode: str
    account_no: str
    app_id: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, Any] = field(repr=False)
    allow_plain_http: bool = False


Opener = Callable[[Credentials, HttpClient, Clock], Channel]


def _open_wechatpay(credentials: Credentials, http: HttpClient, clock: Clock) -> Channel:
    account = read_account(
        credentials.mode,
        credentials.account_no,
        credentials.app_id,
        credentials.settings,
        credentials.secrets,
        allow_plain_http=credentials.allow_plain_http,
    )
    return WechatPayChannel(account, http, clock)


OPENERS: Mapping[str, Opener] = {"wechatpay": _open_wechatpay}


def open_channel(channel: str, credentials: Credentials, http: HttpClient, clock: Clock) -> Channel:
    """The connector of one account. `clock` is the machine's true time.

    Raises:
        KeyError: no such channel.
        ValueError: the credentials cannot be used; its text never shows a secret.
    """
    return OPENERS[channel](credentials, http, clock)
