"""A payment room with one scripted channel account and three merchants."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, inspect, select
from tests.wanpu.payment.scripted_channel import ACCOUNT_NO, APP_ID, ScriptedChannel, ScriptedChannels

from wanpu.infra.due_work_runner import Runner
from wanpu.infra.models import OutboxEvent
from wanpu.infra.services import Services
from wanpu.infra.tables import Base
from wanpu.kernel.audit import Finding, Severity
from wanpu.kernel.clock import Clock
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen
from wanpu.payment import (
    CreatePayment,
    LocalPaymentPort,
    NewChannelAccount,
    Share,
    audit_money,
    due_work_handlers,
)
from wanpu.payment.channel import PaymentReport
from wanpu.payment.ledger import trial_balance
from wanpu.payment.service.accounts import add_pay_app, save_channel_account, save_sub_merchant
from wanpu.payment.service.notifying import receive_notification
from wanpu.payment.services import PaymentServices, with_channels
from wanpu.payment.states import NotificationResult

Row = TypeVar("Row", bound=Base)

APP_CODE = "mall"
NATIVE = "wechatpay.native"


@dataclass
class Room:
    """Everything a payment test needs."""

    app: PaymentServices
    port: LocalPaymentPort
    channel: ScriptedChannel
    channels: ScriptedChannels
    account_id: Id
    pay_app_id: Id
    clock: Clock
    runner: Runner


def share(merchant: int, amount_fen: int, *, profit_sharing: bool = True) -> Share:
    """What one merchant receives; its reference is made of the merchant's number."""
    return Share(str(merchant), Fen(amount_fen), profit_sharing, f"SO{merchant}", f"商家 {merchant}")


def ask_for(
    clock: Clock, *shares: Share, payment_no: str = "P1", method: str | None = NATIVE, minutes: int = 30
) -> CreatePayment:
    """Ask for the sum of these shares; two merchants when none are named."""
    wanted = shares or (share(1, 3000), share(2, 780))
    return CreatePayment(
        payment_no=payment_no,
        buyer_ref="1001",
        subject="测试商品 等 2 件",
        amount_fen=Fen(sum(item.amount_fen for item in wanted)),
        shares=tuple(wanted),
        expires_at=clock.now() + timedelta(minutes=minutes),
        method=method,
        return_url="/pages/order/detail?order_id=1",
    )


async def notify(room: Room, report: PaymentReport) -> NotificationResult:
    """The channel's genuine notification of a report arrives."""
    headers, body = room.channel.notification(report)
    return await receive_notification(room.app, "wechatpay", room.account_id, headers, body)


async def rows(room: Room, model: type[Row], *conditions: ColumnElement[bool]) -> list[Row]:
    """The rows of one table, in the order of their keys."""
    async with room.app.db.reading() as session:
        key = inspect(model).primary_key
        return list(await session.scalars(select(model).where(*conditions).order_by(*key)))


async def one(room: Room, model: type[Row], *conditions: ColumnElement[bool]) -> Row:
    """The only such row."""
    (row,) = await rows(room, model, *conditions)
    return row


async def balances(room: Room) -> dict[str, int]:
    """The trial balance."""
    async with room.app.db.reading() as session:
        return dict(await trial_balance(session))


async def events(room: Room, name: str) -> list[dict[str, Any]]:
    """The payloads of the published events of that name, oldest first."""
    return [row.payload for row in await rows(room, OutboxEvent, OutboxEvent.name == name)]


async def broken(room: Room) -> list[Finding]:
    """What the audit finds broken; open cases are left out."""
    return [finding for finding in await audited(room) if finding.severity is Severity.BROKEN]


async def audited(room: Room) -> list[Finding]:
    """Everything that the audit says."""
    async with room.app.db.snapshot() as session:
        return await audit_money(session)


async def open_room(services: Services, clock: Clock) -> Room:
    """The room over a database that may hold its account and merchants already."""
    pay_app_id = await add_pay_app(services, code=APP_CODE, name="商城")
    account_id = await save_channel_account(
        services,
        NewChannelAccount("wechatpay", "partner", "测试服务商", ACCOUNT_NO, APP_ID, settings={}, secrets={}),
    )
    for merchant in (1, 2, 3):
        await save_sub_merchant(
            services,
            pay_app_id=pay_app_id,
            account_id=account_id,
            merchant_ref=str(merchant),
            sub_merchant_no=f"190000020{merchant}",
        )
    channel = ScriptedChannel(clock)
    channels = ScriptedChannels(clock, {account_id: channel})
    app = with_channels(services, channels)
    runner = Runner(services, due_work_handlers(app))
    return Room(app, LocalPaymentPort(app), channel, channels, account_id, pay_app_id, clock, runner)
