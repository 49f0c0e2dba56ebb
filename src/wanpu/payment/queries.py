"""Every statement of the payment room, except plain adds. `lock_*` waits for the row and holds it."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.kernel.ids import Id
from wanpu.payment.errors import PaymentNotFound
from wanpu.payment.models import (
    ChannelAccount,
    ChannelTransaction,
    MoneyException,
    PayApp,
    Payment,
    PaymentAttempt,
    PaymentNotification,
    PaymentPart,
    SubMerchant,
)
from wanpu.payment.rules import AccountOffer
from wanpu.payment.states import AttemptStatus, ExceptionKind, SubMerchantState


async def get_app(session: AsyncSession, code: str) -> PayApp:
    """The application of that code.

    Raises:
        PaymentNotFound: no such application.
    """
    found = await session.scalar(select(PayApp).where(PayApp.code == code))
    if found is None:
        raise PaymentNotFound(f"no application {code}")
    return found


async def app_codes(session: AsyncSession, app_ids: Collection[int]) -> dict[int, str]:
    """The codes of these applications, by id."""
    rows = await session.execute(select(PayApp.id, PayApp.code).where(PayApp.id.in_(app_ids)))
    return {int(app_id): code for app_id, code in rows}


async def find_payment_id(session: AsyncSession, app_code: str, payment_no: str) -> Id | None:
    """The id of an application's payment."""
    return await session.scalar(
        select(Payment.id)
        .join(PayApp, PayApp.id == Payment.pay_app_id)
        .where(PayApp.code == app_code, Payment.payment_no == payment_no)
    )


async def get_payment(session: AsyncSession, payment_id: int) -> Payment:
    """One payment as it stands.

    Raises:
        PaymentNotFound: no such id.
    """
    found = await session.get(Payment, payment_id)
    if found is None:
        raise PaymentNotFound
    return found


async def lock_payment(session: AsyncSession, payment_id: int) -> Payment:
    """One payment, held until the transaction ends. Lock it before its attempts.

    Raises:
        PaymentNotFound: no such id.
    """
    locked = await lock_payments(session, [payment_id])
    if not locked:
        raise PaymentNotFound
    return locked[0]


async def lock_payments(session: AsyncSession, payment_ids: Collection[int]) -> Sequence[Payment]:
    """Several payments in the order of their ids, held until the transaction ends."""
    found = await session.scalars(
        select(Payment)
        .where(Payment.id.in_(sorted(payment_ids)))
        .order_by(Payment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.all()


async def lock_attempts(session: AsyncSession, payment_ids: Collection[int]) -> Sequence[PaymentAttempt]:
    """All attempts of locked payments, in the order of their ids."""
    found = await session.scalars(
        select(PaymentAttempt)
        .where(PaymentAttempt.payment_id.in_(sorted(payment_ids)))
        .order_by(PaymentAttempt.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.all()


async def list_attempts(session: AsyncSession, payment_id: int) -> Sequence[PaymentAttempt]:
    """All attempts of a payment, oldest first."""
    found = await session.scalars(
        select(PaymentAttempt).where(PaymentAttempt.payment_id == payment_id).order_by(PaymentAttempt.id)
    )
    return found.all()


async def find_attempt(session: AsyncSession, attempt_no: str) -> PaymentAttempt | None:
    """The attempt of that number."""
    return await session.scalar(select(PaymentAttempt).where(PaymentAttempt.attempt_no == attempt_no))


async def payment_ids_of(session: AsyncSession, attempt_nos: Collection[str]) -> dict[str, Id]:
    """Which payment each attempt number belongs to; unknown numbers are left out."""
    rows = await session.execute(
        select(PaymentAttempt.attempt_no, PaymentAttempt.payment_id).where(
            PaymentAttempt.attempt_no.in_(sorted(attempt_nos))
        )
    )
    return {row.attempt_no: row.payment_id for row in rows}


async def list_parts(session: AsyncSession, attempt_ids: Collection[int]) -> Sequence[PaymentPart]:
    """The parts of these attempts, by attempt and position."""
    if not attempt_ids:
        return []
    found = await session.scalars(
        select(PaymentPart)
        .where(PaymentPart.attempt_id.in_(sorted(attempt_ids)))
        .order_by(PaymentPart.attempt_id, PaymentPart.seq)
    )
    return found.all()


async def lock_transactions(
    session: AsyncSession, channel: str, numbers: Collection[str]
) -> Sequence[ChannelTransaction]:
    """Those of these transactions of a channel that are booked already, in the order of their numbers."""
    found = await session.scalars(
        select(ChannelTransaction)
        .where(
            ChannelTransaction.channel == channel, ChannelTransaction.channel_payment_no.in_(sorted(numbers))
        )
        .order_by(ChannelTransaction.channel_payment_no)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.all()


async def lock_exceptions(session: AsyncSession, exception_ids: Collection[int]) -> Sequence[MoneyException]:
    """Cases by id, in the order of their ids, held until the transaction ends."""
    if not exception_ids:
        return []
    found = await session.scalars(
        select(MoneyException)
        .where(MoneyException.id.in_(sorted(exception_ids)))
        .order_by(MoneyException.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.all()


async def known_case_keys(session: AsyncSession, keys: Collection[str]) -> set[str]:
    """Those of these cases that stand already."""
    found = await session.scalars(
        select(MoneyException.case_key).where(MoneyException.case_key.in_(sorted(keys)))
    )
    return set(found)


async def find_case(session: AsyncSession, case_key: str) -> MoneyException | None:
    """The case about that money."""
    return await session.scalar(select(MoneyException).where(MoneyException.case_key == case_key))


async def refunds_due_fen(session: AsyncSession, payment_id: int, part_no: str) -> int:
    """What must go back of one part, in fen, over all cases."""
    total = await session.scalar(
        select(func.coalesce(func.sum(MoneyException.amount_fen), 0)).where(
            MoneyException.payment_id == payment_id,
            MoneyException.part_no == part_no,
            MoneyException.kind == ExceptionKind.REFUND_DUE,
        )
    )
    return int(total or 0)


async def list_enabled_account_ids(session: AsyncSession) -> Sequence[int]:
    """The channel accounts that are switched on, oldest first."""
    found = await session.scalars(
        select(ChannelAccount.id).where(ChannelAccount.is_enabled.is_(True)).order_by(ChannelAccount.id)
    )
    return found.all()


async def list_account_offers(
    session: AsyncSession, pay_app_id: int, merchant_refs: Collection[str]
) -> list[AccountOffer]:
    """The enabled channel accounts, oldest first, with the numbers of these merchants that are ready."""
    accounts = (
        await session.scalars(
            select(ChannelAccount).where(ChannelAccount.is_enabled.is_(True)).order_by(ChannelAccount.id)
        )
    ).all()
    rows = await session.execute(
        select(SubMerchant.account_id, SubMerchant.merchant_ref, SubMerchant.sub_merchant_no).where(
            SubMerchant.pay_app_id == pay_app_id,
            SubMerchant.merchant_ref.in_(sorted(merchant_refs)),
            SubMerchant.state == SubMerchantState.ACTIVE,
        )
    )
    ready: dict[int, dict[str, str]] = {}
    for account_id, merchant_ref, number in rows:
        ready.setdefault(account_id, {})[merchant_ref] = number
    return [
        AccountOffer(account.id, account.channel, account.mode, ready.get(account.id, {}))
        for account in accounts
    ]


async def lock_notification(session: AsyncSession, notification_id: int) -> PaymentNotification | None:
    """One raw notification, held until the transaction ends."""
    return await session.scalar(
        select(PaymentNotification)
        .where(PaymentNotification.id == notification_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def credited_parts(session: AsyncSession, *, app_code: str) -> dict[str, PaymentPart]:
    """The parts of an application's paid attempts, by the application's own reference; for the audit."""
    statement = (
        select(PaymentPart)
        .join(PaymentAttempt, PaymentAttempt.id == PaymentPart.attempt_id)
        .join(Payment, Payment.id == PaymentPart.payment_id)
        .join(PayApp, PayApp.id == Payment.pay_app_id)
        .where(PayApp.code == app_code, PaymentAttempt.status == AttemptStatus.PAID)
    )
    return {part.reference: part for part in (await session.execute(statement)).scalars()}


async def known_notification_ids(session: AsyncSession, notification_ids: Collection[int]) -> set[int]:
    """Those of these raw notifications that are stored already."""
    found = await session.scalars(
        select(PaymentNotification.id).where(PaymentNotification.id.in_(sorted(notification_ids)))
    )
    return set(found)
