"""Channel accounts (渠道商户号): adding them, and opening their channels once."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.http_client import HttpClient
from wanpu.infra.services import Services
from wanpu.infra.statements import insert_if_absent, upsert
from wanpu.infra.tables import table_of
from wanpu.infra.vault import SealBroken, Vault
from wanpu.kernel.clock import Clock, SystemClock
from wanpu.kernel.ids import Id
from wanpu.payment import queries
from wanpu.payment.channel import AccountFacts, Channel
from wanpu.payment.channels.registry import Credentials, open_channel
from wanpu.payment.errors import ChannelAccountUnknown, ChannelAccountUnusable
from wanpu.payment.models import ChannelAccount, PayApp, SubMerchant
from wanpu.payment.service.exchanges import RecordedChannel, RecordingHttp
from wanpu.payment.services import PaymentServices, with_channels
from wanpu.payment.states import SubMerchantState

LOOK_AGAIN_AFTER = timedelta(seconds=2)
"""How old a cached account may be before its row is looked at again."""


@dataclass(frozen=True)
class NewChannelAccount:
    """One account as an operator enters it; `settings` and `secrets` are those of its connector."""

    channel: str
    mode: str
    name: str
    account_no: str
    app_id: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, Any]


@dataclass(frozen=True)
class _Opened:
    facts: AccountFacts
    channel: Channel
    updated_at: datetime
    looked_at: datetime


class Channels:
    """Opens each account's channel once and keeps it while its row stays the same.

    `signature_clock` is the machine's true time: signatures are made and checked with it even when
    the business clock is shifted.
    """

    def __init__(
        self,
        db: Database,
        vault: Vault,
        http: HttpClient,
        *,
        allow_plain_http: bool = False,
        signature_clock: Clock | None = None,
    ) -> None:
        self._db = db
        self._vault = vault
        self._http = RecordingHttp(http)
        self._allow_plain_http = allow_plain_http
        self.signature_clock = signature_clock or SystemClock()
        self._opened: dict[int, _Opened] = {}
        self._loading: dict[int, asyncio.Task[_Opened]] = {}

    async def for_account(self, account_id: int) -> Channel:
        return (await self._open(account_id)).channel

    async def facts(self, account_id: int) -> AccountFacts:
        return (await self._open(account_id)).facts

    async def list_accounts(self) -> Sequence[int]:
        async with self._db.reading() as session:
            return await queries.list_enabled_account_ids(session)

    async def _open(self, account_id: int) -> _Opened:
        """The kept account, looked up again by one caller at a time; the others take what is kept."""
        known = self._opened.get(account_id)
        if known is not None:
            age = abs(self.signature_clock.now() - known.looked_at)
            if age < LOOK_AGAIN_AFTER or account_id in self._loading:
                return known
        if account_id not in self._loading:
            task = asyncio.create_task(self._load(account_id, known))
            self._loading[account_id] = task
            task.add_done_callback(lambda _: self._loading.pop(account_id))
        return await asyncio.shield(self._loading[account_id])

    async def _load(self, account_id: int, known: _Opened | None) -> _Opened:
        async with self._db.reading() as session:
            row = await session.get(ChannelAccount, account_id)
        if row is None:
            self._opened.pop(account_id, None)
            raise ChannelAccountUnknown
        now = self.signature_clock.now()
        if known is not None and known.updated_at == row.updated_at:
            opened = _Opened(known.facts, known.channel, known.updated_at, now)
        else:
            facts = AccountFacts(row.id, row.channel, row.account_no, row.app_id, row.mode)
            opened = _Opened(facts, self._connect(row), row.updated_at, now)
        self._opened[account_id] = opened
        return opened

    def _connect(self, row: ChannelAccount) -> Channel:
        try:
            opened = self._vault.open(row.secrets, purpose=secrets_purpose(row.channel, row.account_no))
            credentials = Credentials(
                mode=row.mode,
                account_no=row.account_no,
                app_id=row.app_id,
                settings=row.settings,
                secrets=json.loads(opened),
                allow_plain_http=self._allow_plain_http,
            )
            connector = open_channel(row.channel, credentials, self._http, self.signature_clock)
        except (SealBroken, ValueError, KeyError) as error:
            raise ChannelAccountUnusable(f"channel account {row.id}: {error}") from error
        return RecordedChannel(connector, self._db, row.channel, row.id)


def open_payment_services(services: Services) -> PaymentServices:
    """The payment room of a running mall; plain HTTP is for the sandbox of a development machine."""
    is_development = services.settings.env == "development"
    channels = Channels(services.db, services.vault, services.http, allow_plain_http=is_development)
    return with_channels(services, channels)


def secrets_purpose(channel: str, account_no: str) -> str:
    """What an account's secrets are sealed for."""
    return f"channel_account:{channel}:{account_no}"


async def add_pay_app(app: Services, *, code: str, name: str) -> Id:
    """The application `code`; made when absent."""
    (new_id,) = await app.serials.take("pay_app")
    return await _insert_pay_app(app.db, new_id, code, name)


@rerun_on_conflict
async def _insert_pay_app(db: Database, new_id: int, code: str, name: str) -> Id:
    async with db.transaction() as session:
        now = db.clock.now()
        row = {
            "id": new_id,
            "code": code,
            "name": name,
            "is_enabled": True,
            "created_at": now,
            "updated_at": now,
        }
        await insert_if_absent(session, table_of(PayApp), row, key=["code"])
        return Id(await session.scalar(select(PayApp.id).where(PayApp.code == code)) or 0)


async def save_channel_account(app: Services, new: NewChannelAccount) -> Id:
    """Add an account, or give the known one (same channel, number and app) new settings and secrets."""
    (new_id,) = await app.serials.take("channel_account")
    purpose = secrets_purpose(new.channel, new.account_no)
    sealed = app.vault.seal(json.dumps(dict(new.secrets)), purpose=purpose)
    return await _upsert_channel_account(app.db, new_id, new, sealed)


@rerun_on_conflict
async def _upsert_channel_account(db: Database, new_id: int, new: NewChannelAccount, sealed: str) -> Id:
    async with db.transaction() as session:
        now = db.clock.now()
        changes = {
            "mode": new.mode,
            "name": new.name,
            "settings": dict(new.settings),
            "secrets": sealed,
            "is_enabled": True,
            "updated_at": now,
        }
        row = {
            "id": new_id,
            "channel": new.channel,
            "account_no": new.account_no,
            "app_id": new.app_id,
            "created_at": now,
            **changes,
        }
        key = ["channel", "account_no", "app_id"]
        await upsert(session, table_of(ChannelAccount), row, key=key, changes=changes)
        found = await session.scalar(
            select(ChannelAccount.id).where(
                ChannelAccount.channel == new.channel,
                ChannelAccount.account_no == new.account_no,
                ChannelAccount.app_id == new.app_id,
            )
        )
        assert found is not None
        return found


async def save_sub_merchant(
    app: Services,
    *,
    pay_app_id: int,
    account_id: int,
    merchant_ref: str,
    sub_merchant_no: str,
    state: SubMerchantState = SubMerchantState.ACTIVE,
) -> None:
    """Give a merchant its number at a channel account (特约商户号); a repeat replaces number and state."""
    (new_id,) = await app.serials.take("sub_merchant")
    row = {
        "id": new_id,
        "pay_app_id": pay_app_id,
        "account_id": account_id,
        "merchant_ref": merchant_ref,
        "sub_merchant_no": sub_merchant_no,
        "state": state,
    }
    await _upsert_sub_merchant(app.db, row)


@rerun_on_conflict
async def _upsert_sub_merchant(db: Database, row: dict[str, Any]) -> None:
    async with db.transaction() as session:
        now = db.clock.now()
        changes = {"sub_merchant_no": row["sub_merchant_no"], "state": row["state"], "updated_at": now}
        new = {**row, "created_at": now, "updated_at": now}
        key = ["pay_app_id", "account_id", "merchant_ref"]
        await upsert(session, table_of(SubMerchant), new, key=key, changes=changes)
