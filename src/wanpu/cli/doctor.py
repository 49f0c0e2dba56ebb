"""`wanpu doctor`: is this installation able to take money, and if not, what is to be done."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from rich.console import Console
from sqlalchemy import select
from sqlalchemy import text as sql_text

from wanpu.infra import migrations
from wanpu.infra.http_client import NoAnswer
from wanpu.infra.models import IdSegment
from wanpu.infra.services import Services, close_services, open_services
from wanpu.infra.settings import Settings
from wanpu.kernel.errors import WanpuError
from wanpu.kernel.ids import MAX_OWNED_SERIAL
from wanpu.order.numbering import ORDER, SELLER_ORDER
from wanpu.payment import open_payment_services

MAX_SKEW_S = 60
HTTP_TIMEOUT_S = 5.0


@dataclass(frozen=True)
class Result:
    """One check: what was looked at, whether it is well, and what to do when it is not."""

    subject: str
    is_well: bool
    text: str


async def examine(settings: Settings) -> int:
    """Print every check; 1 when one needs attention."""
    console = Console(highlight=False)
    problems = 0
    for problem in settings.problems():
        problems += 1
        console.print(f"[red]✗[/] settings: {problem}")
    if problems:
        return 1
    services = await open_services(settings)
    try:
        async for result in _checks(services):
            mark = "[green]✓[/]" if result.is_well else "[red]✗[/]"
            console.print(f"{mark} {result.subject}: {result.text}")
            problems += not result.is_well
    finally:
        await close_services(services)
    return 1 if problems else 0


async def _checks(services: Services) -> AsyncIterator[Result]:
    yield Result("settings", True, "complete")
    database = await _database(services)
    yield database
    if not database.is_well:
        return
    for name in (ORDER, SELLER_ORDER):
        yield await _serial(services, name)
    async for result in _accounts(services):
        yield result
    if services.settings.sandbox_url:
        yield await _sandbox(services)
    yield await _callbacks(services)


async def _database(services: Services) -> Result:
    started = time.perf_counter()
    try:
        async with services.db.reading() as session:
            await session.execute(sql_text("SELECT 1"))
        stands_at = await migrations.current(services.db)
    except (WanpuError, OSError) as error:
        return Result("database", False, f"cannot be reached ({error}); check WANPU_DATABASE_URL")
    taken_ms = (time.perf_counter() - started) * 1000
    if stands_at != migrations.head():
        return Result(
            "database", False, f"schema {stands_at or 'empty'}, wanted {migrations.head()}: `wanpu migrate`"
        )
    return Result("database", True, f"{services.db.dialect}, schema {stands_at}, {taken_ms:.0f} ms")


async def _serial(services: Services, name: str) -> Result:
    """Half of the serials used up is the time to plan, not the last one."""
    async with services.db.reading() as session:
        used = (
            await session.execute(select(IdSegment.next_serial).where(IdSegment.name == name))
        ).scalar_one_or_none() or 0
    share = used / MAX_OWNED_SERIAL
    return Result(f"{name} serials", share < 0.5, f"{share:.1%} used" + (": plan wider ids" * (share >= 0.5)))


async def _accounts(services: Services) -> AsyncIterator[Result]:
    payments = open_payment_services(services)
    accounts = await payments.channels.list_accounts()
    if not accounts:
        yield Result("channel accounts", False, "none: `wanpu demo` adds the sandbox's")
    for account_id in accounts:
        try:
            channel = await payments.channels.for_account(account_id)
        except (WanpuError, ValueError) as error:
            yield Result(f"channel account {account_id}", False, f"keys cannot be read: {error}")
        else:
            yield Result(f"channel account {account_id}", True, f"{channel.account_no}: keys are readable")


async def _sandbox(services: Services) -> Result:
    url = f"{services.settings.sandbox_url}/healthz"
    try:
        answer = await services.http.send("GET", url, headers={}, timeout_s=HTTP_TIMEOUT_S)
    except NoAnswer as error:
        return Result("sandbox", False, f"{url} does not answer ({error}): `wanpu up` or `wanpu sandbox`")
    told = answer.headers.get("date")
    skew_s = abs((parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds()) if told else 0.0
    if skew_s > MAX_SKEW_S:
        return Result("clock", False, f"{skew_s:.0f} s off the provider's: set this machine's time")
    return Result("sandbox", answer.status == 200, f"answers {answer.status}, clocks {skew_s:.0f} s apart")


async def _callbacks(services: Services) -> Result:
    url = f"{services.settings.public_url}/healthz"
    try:
        answer = await services.http.send("GET", url, headers={}, timeout_s=HTTP_TIMEOUT_S)
    except NoAnswer:
        return Result(
            "call-backs", False, f"{url} does not answer here; providers must reach WANPU_PUBLIC_URL"
        )
    return Result("call-backs", answer.status == 200, f"{url} answers {answer.status}")
