"""Every verb of the command line; what a verb does stands in a module of its own."""

import json
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click

from wanpu import VERSION
from wanpu.infra.settings import Settings, SettingsRefused


def run(work: Callable[[], int | Coroutine[Any, Any, int]]) -> None:
    """Do one verb's work and leave with its exit code; refused settings are named, one a line."""
    from wanpu.cli.servers import run_async

    try:
        done = work()
        code = done if isinstance(done, int) else run_async(done)
    except SettingsRefused as refused:
        for problem in refused.problems:
            click.echo(f"wanpu: {problem}", err=True)
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="wanpu")
def main() -> None:
    """Wanpu 万铺: a multi-merchant mall with its own payment platform."""


@main.command()
@click.option("--demo/--no-demo", default=True, help="Load demo data on the first start.")
def up(demo: bool) -> None:
    """Run the whole mall in one process: pages and API, provider sandbox, background work."""
    from wanpu.cli.up import run_everything

    run(lambda: run_everything(Settings(), with_demo=demo))


@main.command()
def serve() -> None:
    """Answer requests (server shape); run `wanpu worker` beside it."""
    from wanpu.cli.servers import serve_mall

    run(lambda: serve_mall(Settings()))


@main.command()
def worker() -> None:
    """Deliver events and do due work (server shape)."""
    from wanpu.worker import work

    run(lambda: work(Settings()))


@main.group(invoke_without_command=True)
@click.pass_context
def sandbox(context: click.Context) -> None:
    """Run the provider sandbox alone; `wanpu sandbox credentials` shows its keys."""
    if context.invoked_subcommand is None:
        from wanpu.cli.servers import serve_sandbox

        run(lambda: serve_sandbox(Settings()))


@sandbox.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def credentials(as_json: bool) -> None:
    """Show the sandbox's throw-away accounts and keys."""
    from wanpu.cli.servers import sandbox_credentials

    found = sandbox_credentials(Settings())
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for provider, account in found.items():
        click.echo(f"{provider}: {account if isinstance(account, str) else ''}".rstrip())
        if isinstance(account, dict):
            for name, value in account.items():
                shown = value if isinstance(value, str) and "\n" not in value else "… (use --json)"
                click.echo(f"  {name}: {shown}")


@main.command()
def migrate() -> None:
    """Bring the database to the newest schema step."""
    from wanpu.cli.upkeep import migrate_database

    run(lambda: migrate_database(Settings()))


@main.command()
def demo() -> None:
    """Load demo data: merchants, products with pictures, members, the sandbox's account."""
    from wanpu.cli.upkeep import load_demo_data

    run(lambda: load_demo_data(Settings()))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def audit(as_json: bool) -> None:
    """Prove the money and stock invariants over the whole database; exit 1 when one is broken."""
    from wanpu.cli.upkeep import audit_database

    run(lambda: audit_database(Settings(), as_json=as_json))


@main.command()
def doctor() -> None:
    """Check settings, database, keys, clocks and reachability, and say what to do."""
    from wanpu.cli.doctor import examine

    run(lambda: examine(Settings()))


@main.group()
def staff() -> None:
    """Staff accounts."""


@staff.command("create")
@click.argument("username")
@click.password_option(help="Asked for when it is not given.")
def create_staff(username: str, password: str) -> None:
    """Create a staff account."""
    from wanpu.cli.upkeep import create_staff_account

    run(lambda: create_staff_account(Settings(), username, password))


@staff.command("reset")
@click.argument("username")
@click.password_option(help="Asked for when it is not given.")
def reset_staff(username: str, password: str) -> None:
    """Let an account in again: new password, no lock, no second factor, no allowed addresses."""
    from wanpu.cli.upkeep import reset_staff_account

    run(lambda: reset_staff_account(Settings(), username, password))


@main.command()
@click.option("--output", type=click.Path(path_type=Path), help="Write to a file instead of the screen.")
def openapi(output: Path | None) -> None:
    """Print the OpenAPI document."""
    from wanpu.cli.upkeep import openapi_document

    text = openapi_document()
    if output is None:
        click.echo(text)
    else:
        output.write_text(text + "\n", encoding="utf-8")
