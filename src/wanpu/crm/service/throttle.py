"""Counting sign-in tries per account and per address, shared by all nodes."""

import ipaddress
import math
from datetime import timedelta

from wanpu.crm import queries
from wanpu.crm.errors import TooManyAttempts
from wanpu.infra.database import Database, rerun_on_conflict

WINDOW = timedelta(minutes=1)
KEPT_FOR = timedelta(hours=1)
ACCOUNTS_PER_ADDRESS = 10


def account_subject(account: str) -> str:
    """The counter of whatever was typed as account."""
    return f"account:{account}"


def address_subject(client_ip: str) -> str:
    """The counter of a caller's address; IPv6 counts per /64, which one line holds whole."""
    try:
        address = ipaddress.ip_address(client_ip)
    except ValueError:
        return "ip:unknown"
    if address.version == 4:
        return f"ip:{address}"
    return f"ip:{ipaddress.ip_network((address, 64), strict=False).network_address}"


@rerun_on_conflict
async def count_try(db: Database, account: str, client_ip: str, *, limit: int) -> None:
    """Count a try before the password is looked at, so that parallel tries cannot pass the limit.

    `limit` is what one account may try in a window; an address, which may be a whole office, may
    try ten times as often.

    Raises:
        TooManyAttempts: one of the two is used up; nothing was counted.
    """
    now = db.clock.now()
    limits = {
        account_subject(account): limit,
        address_subject(client_ip): limit * ACCOUNTS_PER_ADDRESS,
    }
    async with db.transaction() as session:
        for subject in sorted(limits):
            counter = await queries.lock_throttle(session, subject, now + WINDOW)
            if counter.window_ends_at <= now:
                counter.failures = 0
                counter.window_ends_at = now + WINDOW
                await queries.delete_throttles_before(session, now - KEPT_FOR)
            if counter.failures >= limits[subject]:
                wait_s = math.ceil((counter.window_ends_at - now).total_seconds())
                raise TooManyAttempts(details={"retry_after_s": wait_s})
            counter.failures += 1


@rerun_on_conflict
async def forgive_try(db: Database, account: str, client_ip: str) -> None:
    """The password was right: forget the account's tries, and take this one back from the address."""
    async with db.transaction() as session:
        await queries.delete_throttle(session, account_subject(account))
        await queries.take_back_try(session, address_subject(client_ip))
