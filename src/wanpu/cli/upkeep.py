"""Verbs that look after a database: schema, demo data, audit, accounts, the OpenAPI document."""

import json
import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click

from wanpu.app import create_app
from wanpu.audit import audit_everything
from wanpu.cli.servers import name_sandbox_merchants, sandbox_credentials
from wanpu.demo.load import is_demo_loaded, load_demo
from wanpu.demo.progress_bar import progress_bar
from wanpu.infra import migrations
from wanpu.infra.database import Database
from wanpu.infra.logs import configure_logs
from wanpu.infra.services import Services, close_services, open_services
from wanpu.infra.settings import Settings, SettingsRefused
from wanpu.kernel.errors import WanpuError
from wanpu.mall import close_mall, open_mall
from wanpu.system import create_staff, lay_base_rows, reset_staff


@asynccontextmanager
async def _services(settings: Settings) -> AsyncIterator[Services]:
    configure_logs(settings)
    services = await open_services(settings)
    try:
        yield services
    finally:
        await close_services(services)


async def migrate_database(settings: Settings) -> int:
    """Bring the database to the newest step, lay its base rows and say where it stands."""
    async with _services(settings) as services:
        before = await migrations.current(services.db)
        await migrations.upgrade(services.db)
        await lay_base_rows(services)
        click.echo(f"wanpu: schema {before or 'empty'} → {migrations.head()}")
    return 0


async def refuse_newer_schema(db: Database) -> None:
    """Refuse a database that a newer Wanpu has migrated.

    Raises:
        SettingsRefused: its step is unknown to this code.
    """
    stands_at = await migrations.current(db)
    if stands_at != migrations.head():
        raise SettingsRefused([f"the database stands at schema {stands_at}, this is {migrations.head()}"])


async def load_demo_data(settings: Settings) -> int:
    """Load demo data; a second time changes nothing."""
    given = settings.demo_password
    password = given.get_secret_value() if given else secrets.token_urlsafe(9)
    async with _services(settings) as services:
        await migrations.upgrade(services.db)
        await lay_base_rows(services)
        is_new = not await is_demo_loaded(services)
        await fill_with_demo(services, password)
    if is_new and given is None:
        click.echo(f"wanpu: password of the demo members: {password}")
    return 0


async def fill_with_demo(services: Services, password: str) -> None:
    """Load the demo data with a progress bar, and tell the sandbox the names of its shops."""
    settings = services.settings
    with progress_bar() as progress:
        await load_demo(
            services,
            sandbox_credentials=sandbox_credentials(settings),
            demo_password=password,
            progress=progress,
        )
    name_sandbox_merchants(settings)


async def audit_database(settings: Settings, *, as_json: bool) -> int:
    """Print every finding; 1 when an invariant is broken. Listed cases alone do not fail it."""
    async with _services(settings) as services:
        report = await audit_everything(services.db, services.vault)
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        for finding in report.findings:
            click.echo(f"{finding.severity:7} {finding.rule:4} {finding.subject}: {finding.problem}")
        click.echo(f"wanpu: {report.checks} checks, {len(report.broken)} broken, {len(report.listed)} listed")
    return 1 if report.broken else 0


async def create_staff_account(settings: Settings, username: str, password: str) -> int:
    """Create a staff account."""
    async with _services(settings) as services:
        try:
            await create_staff(services, username, password)
        except WanpuError as refusal:
            click.echo(f"wanpu: {refusal.message('en')} ({refusal.code})", err=True)
            return 1
    click.echo(f"wanpu: staff account {username} created")
    return 0


async def reset_staff_account(settings: Settings, username: str, password: str) -> int:
    """Let the owner of a staff account in again."""
    async with _services(settings) as services:
        try:
            is_known = await reset_staff(services, username, password)
        except WanpuError as refusal:
            click.echo(f"wanpu: {refusal.message('en')} ({refusal.code})", err=True)
            return 1
    if not is_known:
        click.echo(f"wanpu: there is no staff account {username}", err=True)
        return 1
    click.echo(f"wanpu: {username} can sign in with this password, and must change it then")
    return 0


def openapi_document() -> str:
    """The OpenAPI document of this version, as indented JSON; needs no database."""
    import asyncio

    async def build(folder: str) -> str:
        mall = await open_mall(Settings(_env_file=None, data_dir=Path(folder)))
        try:
            app = create_app(mall, works_in_background=False)
            return json.dumps(app.openapi(), ensure_ascii=False, indent=1, sort_keys=True)
        finally:
            await close_mall(mall)

    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(build(folder))
