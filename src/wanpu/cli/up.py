"""`wanpu up`: the embedded shape. Schema, first accounts and demo data are there before it serves."""

import contextlib
import secrets

import click
from pydantic import SecretStr

from wanpu.app import create_app
from wanpu.cli.servers import (
    PortBusy,
    listen,
    refused,
    running,
    sandbox_settings,
    stop_signal,
    until_stopped,
)
from wanpu.cli.upkeep import fill_with_demo, refuse_newer_schema
from wanpu.demo.load import is_demo_loaded
from wanpu.demo.members import MEMBERS
from wanpu.infra import migrations
from wanpu.infra.logs import configure_logs
from wanpu.infra.settings import Settings
from wanpu.mall import Mall, open_mall
from wanpu.system import create_staff, has_staff, lay_base_rows
from wanpu_sandbox.app import create_app as create_sandbox

ADMIN = "admin"


async def run_everything(settings: Settings, *, with_demo: bool) -> int:
    """Serve the mall and the sandbox until stopped. A second start keeps the data.

    Exit code 1 with one line when a port is busy.
    """
    configure_logs(settings)
    settings.require_sound()
    try:
        mall_port = listen(settings.host, settings.port)
        sandbox_port = listen(settings.host, settings.sandbox_port)
    except PortBusy as busy:
        return refused(busy)
    stop = stop_signal()
    mall = await open_mall(settings)
    await migrations.upgrade(mall.services.db)
    await refuse_newer_schema(mall.services.db)
    await lay_base_rows(mall.services)
    passwords = await _first_start(mall, with_demo=with_demo)
    async with contextlib.AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(
            running(create_sandbox(sandbox_settings(settings)), sandbox_port)
        )
        server = await stack.enter_async_context(running(create_app(mall), mall_port))
        _greet(settings, passwords)
        await until_stopped(stop, server, sandbox)
        click.echo("wanpu: stopping")
    return 0


async def _first_start(mall: Mall, *, with_demo: bool) -> dict[str, str]:
    """Make what a new database lacks; the passwords to show, by account."""
    settings = mall.services.settings
    shown: dict[str, str] = {}
    if not await has_staff(mall.services, ADMIN):
        password, shown[f"console account {ADMIN}"] = _password(
            settings.admin_password, "WANPU_ADMIN_PASSWORD"
        )
        is_ours = settings.admin_password is None
        await create_staff(mall.services, ADMIN, password, must_change_password=is_ours)
    if with_demo and not await is_demo_loaded(mall.services):
        accounts = f"shopper accounts {', '.join(name for name, _ in MEMBERS)}"
        password, shown[accounts] = _password(settings.demo_password, "WANPU_DEMO_PASSWORD")
        await fill_with_demo(mall.services, password)
    return shown


def _password(given: SecretStr | None, variable: str) -> tuple[str, str]:
    """The password to set, and what to show of it: one that we made up, or where it was given."""
    if given is not None:
        return given.get_secret_value(), f"as set by {variable}"
    made_up = secrets.token_urlsafe(12)
    return made_up, made_up


def _greet(settings: Settings, passwords: dict[str, str]) -> None:
    lines = [
        "",
        "  万铺 Wanpu is running",
        "",
        f"    storefront   {settings.public_url}/",
        f"    console      {settings.public_url}/console/",
        f"    phone wallet {settings.sandbox_url}/wallet",
        f"    API          {settings.public_url}/docs",
    ]
    if passwords:
        lines += ["", "    first passwords, shown this once:"]
        lines += [f"      {account}: {password}" for account, password in passwords.items()]
    lines += ["", "    stop with Ctrl-C", ""]
    click.echo("\n".join(lines))
