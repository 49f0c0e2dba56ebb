"""`python -m bench [--seconds N] [--only NAME]`: measure, print the ratios, audit the books."""

import asyncio
import tempfile
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bench import notifications, orders, permissions, products
from bench.load import missing_tools
from bench.report import Line

console = Console(highlight=False, width=140)

BENCHES = {
    "orders-postgresql": lambda folder, seconds: orders.measure("postgresql", folder, seconds),
    "orders-mariadb": lambda folder, seconds: orders.measure("mariadb", folder, seconds),
    "products": products.measure,
    "notifications": notifications.measure,
    "permissions": permissions.measure,
}


@click.command()
@click.option("--seconds", default=8, show_default=True, help="How long each side runs.")
@click.option("--only", multiple=True, type=click.Choice(list(BENCHES)), help="Measure only these.")
def main(seconds: int, only: tuple[str, ...]) -> None:
    """Each figure stands beside its counterpart of the same run; times alone mean nothing."""
    if missing := missing_tools():
        raise click.ClickException(f"install the Debian packages {' '.join(missing)} first")
    for name, measure in BENCHES.items():
        if only and name not in only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            show(asyncio.run(measure(Path(folder), seconds)))


def show(lines: list[Line]) -> None:
    """Print the figures of one benchmark at once: a later one may fail."""
    table = Table("path", "mall /s", "beside it /s", "ratio", "goal", "what stands beside it", box=None)
    for line in lines:
        table.add_row(*line.cells())
        for note in line.notes:
            console.print(f"  {line.name}: {note}")
    console.print(table)


if __name__ == "__main__":
    main()
