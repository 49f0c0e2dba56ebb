"""`python -m wanpu_sandbox --port 8100 --data-dir DIR`: the sandbox as a process of its own."""

import os
import socket
from pathlib import Path

import click
import uvicorn

from wanpu_sandbox.app import create_app
from wanpu_sandbox.settings import SandboxSettings
from wanpu_sandbox.wechatpay.states import NotificationKey


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8100, show_default=True, type=click.IntRange(0, 65535), help="0 picks a free one."
)
@click.option("--base-url", default=None, help="Address by which others reach it; default: host and port.")
@click.option(
    "--data-dir",
    default=Path(".wanpu/sandbox"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for keys and trades.",
)
@click.option(
    "--notification-key",
    default=NotificationKey.PUBLIC_KEY.value,
    show_default=True,
    type=click.Choice([key.value for key in NotificationKey]),
    help="Which key signs call-backs.",
)
def main(host: str, port: int, base_url: str | None, data_dir: Path, notification_key: str) -> None:
    """Run a payment provider on this machine, for development and tests."""
    try:
        listener = socket.create_server((host, port))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise click.ClickException(f"cannot listen on {host}:{port}: {reason}") from error
    settings = SandboxSettings(
        data_dir=data_dir,
        base_url=base_url or f"http://{host}:{listener.getsockname()[1]}",
        notification_key=NotificationKey(notification_key),
    )
    app = create_app(settings)
    click.echo(f"sandbox {settings.base_url}")
    click.echo(f"wallet  {settings.wallet_url}")
    config = uvicorn.Config(app, log_level="warning", server_header=False)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
