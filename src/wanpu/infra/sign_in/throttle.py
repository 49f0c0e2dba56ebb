"""Counting sign-in tries per account and per address, shared by all nodes.

`realm` keeps audiences apart: "member" for shoppers, "staff" for the consoles ("staff-known": from an
address that the account has signed in from), "captcha" for theirs.
"""

import ipaddress
import math
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.models import LoginThrottle
from wanpu.infra.sign_in.errors import TooManyAttempts
from wanpu.infra.statements import insert_if_absent

WINDOW = timedelta(minutes=1)
KEPT_FOR = timedelta(hours=1)
ACCOUNTS_PER_ADDRESS = 10
UNKNOWN_LINE = "unknown"


def account_subject(realm: str, account: str) -> str:
    """The counter of whatever was typed as account."""
    return f"{realm}:{account}"


def line_of(client_ip: str) -> str:
    """A caller's address as it is counted: IPv6 by its /64, which one line holds whole."""
    try:
        address = ipaddress.ip_address(client_ip)
    except ValueError:
        return UNKNOWN_LINE
    if address.version == 6 and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)


def address_subject(realm: str, client_ip: str) -> str:
    """The counter of a caller's address."""
    return f"{realm}-ip:{line_of(client_ip)}"


async def count_try(db: Database, realm: str, account: str, client_ip: str, *, limit: int) -> None:
    """Count a try before the password is looked at, so that parallel tries cannot pass the limit.

    `limit` is what one account may try in a window; an address, which may be a whole office, may
    try ten times as often.

    Raises:
        TooManyAttempts: one of the two is used up; nothing was counted.
    """
    limits = {
        account_subject(realm, account): limit,
        address_subject(realm, client_ip): limit * ACCOUNTS_PER_ADDRESS,
    }
    await _count(db, limits)


async def count_address(db: Database, realm: str, client_ip: str, *, limit: int) -> None:
    """Count something that an address does without an account, such as asking for a captcha.

    Raises:
        TooManyAttempts: the address has used up the window; nothing was counted.
    """
    await _count(db, {address_subject(realm, client_ip): limit})


@rerun_on_conflict
async def _count(db: Database, limits: Mapping[str, int]) -> None:
    now = db.clock.now()
    async with db.transaction() as session:
        for subject in sorted(limits):
            counter = await _lock_throttle(session, subject, now + WINDOW)
            if counter.window_ends_at <= now:
                counter.failures = 0
                counter.window_ends_at = now + WINDOW
                await _delete_throttles_before(session, now - KEPT_FOR)
            if counter.failures >= limits[subject]:
                wait_s = math.ceil((counter.window_ends_at - now).total_seconds())
                raise TooManyAttempts(details={"retry_after_s": wait_s})
            counter.failures += 1


@rerun_on_conflict
async def forgive_try(db: Database, realm: str, account: str, client_ip: str) -> None:
    """The password was right: forget the account's tries, and take this one back from the address."""
    async with db.transaction() as session:
        await _delete_throttle(session, account_subject(realm, account))
        await _take_back_try(session, address_subject(realm, client_ip))


async def _lock_throttle(session: AsyncSession, subject: str, window_ends_at: datetime) -> LoginThrottle:
    """The counter of one account or address, locked; a new one ends at `window_ends_at`."""
    now = session.info["clock"].now()
    row = {"subject": subject, "failures": 0, "window_ends_at": window_ends_at, "created_at": now}
    await insert_if_absent(session, LoginThrottle.__table__, row, key=["subject"])
    statement = select(LoginThrottle).where(LoginThrottle.subject == subject).with_for_update()
    return (await session.execute(statement)).scalar_one()


async def _take_back_try(session: AsyncSession, subject: str) -> None:
    """Count one try less for a subject whose try was right after all."""
    await session.execute(
        update(LoginThrottle)
        .where(LoginThrottle.subject == subject, LoginThrottle.failures > 0)
        .values(failures=LoginThrottle.failures - 1)
    )


async def _delete_throttle(session: AsyncSession, subject: str) -> None:
    """Forget the tries of one subject."""
    await session.execute(delete(LoginThrottle).where(LoginThrottle.subject == subject))


async def _delete_throttles_before(session: AsyncSession, moment: datetime) -> None:
    """Forget windows that ended before `moment`."""
    await session.execute(delete(LoginThrottle).where(LoginThrottle.window_ends_at < moment))
