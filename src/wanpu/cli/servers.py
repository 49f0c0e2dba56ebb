"""Run ASGI applications in this process: the mall, the sandbox, or both."""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from typing import Any

import click
import uvicorn
import uvloop
from starlette.types import ASGIApp

from wanpu.app import create_app
from wanpu.cli.workers import run_workers
from wanpu.demo.catalogue import MERCHANTS
from wanpu.infra.logs import configure_logs
from wanpu.infra.settings import Settings
from wanpu.mall import open_mall
from wanpu_sandbox.app import create_app as create_sandbox
from wanpu_sandbox.credentials import credentials
from wanpu_sandbox.settings import SandboxSettings
from wanpu_sandbox.wechatpay.provider import name_merchants

SHUTDOWN_S = 10
BACKLOG = 2048
YOUNG_OBJECTS = 10_000
"""How many new objects the garbage collector waits for before it looks at them."""


class PortBusy(Exception):
    """Another program listens where we want to; nothing was started."""


class Server(uvicorn.Server):
    """A server that leaves signals to whoever runs it, and tells when it has started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.has_started = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.has_started.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(host: str, port: int) -> socket.socket:
    """Take a port.

    Raises:
        PortBusy: somebody else has it.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
    except OSError as error:
        taken.close()
        raise PortBusy(f"port {port} on {host} is in use or not allowed: {error.strerror}") from error
    taken.listen(BACKLOG)
    taken.setblocking(False)
    return taken


@contextlib.asynccontextmanager
async def running(app: ASGIApp, taken: socket.socket) -> AsyncIterator[asyncio.Task[Any]]:
    """Serve an application on a taken port while the block runs; it has started when the block begins."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=SHUTDOWN_S,
        loop="none",
        http="httptools",
        lifespan="on",
        proxy_headers=False,
    )
    server = Server(config)
    task = asyncio.create_task(server.serve(sockets=[taken]))
    started = asyncio.create_task(server.has_started.wait())
    await asyncio.wait({started, task}, return_when=asyncio.FIRST_COMPLETED)
    started.cancel()
    if task.done():
        task.result()
        raise RuntimeError("the application did not start; see the log above")
    _spare_standing_objects()
    try:
        yield task
    finally:
        server.should_exit = True
        await task


def _spare_standing_objects() -> None:
    """Have the garbage collector leave alone what was built at the start and stays until the end, and look
    at young objects less often: those of a batch of orders are gone before it looks.

    Walking all of it again and again took a fifth of the time of a busy process, in pauses of 120 ms, and
    walking the objects of batches under way a tenth of what was left (benchmark: place order).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])


def stop_signal() -> asyncio.Event:
    """Set by SIGINT and SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


async def until_stopped(stop: asyncio.Event, *servers: asyncio.Task[Any]) -> None:
    """Wait for a signal, or for a server that ends by itself."""
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({waiting, *servers}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()


def refused(error: PortBusy) -> int:
    """Say why nothing was started."""
    click.echo(f"wanpu: {error}", err=True)
    return 1


def serve_mall(settings: Settings) -> int:
    """Answer requests until stopped, in as many processes as the settings say; events and due work are
    the worker's, but for the embedded shape, which is one process."""
    configure_logs(settings)
    settings.require_sound()
    try:
        taken = listen(settings.host, settings.port)
    except PortBusy as busy:
        return refused(busy)

    def serve(shared: socket.socket) -> int:
        return run_async(_serve(lambda: _mall_app(settings), shared))

    click.echo(f"wanpu: mall on {settings.public_url}, {settings.workers} processes; stop with Ctrl-C")
    return serve(taken) if settings.workers == 1 else run_workers(settings.workers, taken, serve)


def serve_sandbox(settings: Settings) -> int:
    """Play the providers until stopped."""
    configure_logs(settings)
    try:
        taken = listen(settings.host, settings.sandbox_port)
    except PortBusy as busy:
        return refused(busy)

    async def app() -> ASGIApp:
        return create_sandbox(sandbox_settings(settings))

    click.echo(f"wanpu: sandbox on {settings.sandbox_url}; stop with Ctrl-C")
    return run_async(_serve(app, taken))


def sandbox_settings(settings: Settings) -> SandboxSettings:
    """The sandbox beside this mall; its keys and trades lie in the mall's data folder."""
    return SandboxSettings(data_dir=settings.data_dir / "sandbox", base_url=settings.sandbox_url)


def sandbox_credentials(settings: Settings) -> dict[str, Any]:
    """The sandbox's throw-away accounts and keys, made on first use."""
    wanted = sandbox_settings(settings)
    return credentials(wanted.data_dir, wanted.base_url)


def name_sandbox_merchants(settings: Settings) -> None:
    """Tell the sandbox what the demo's shops are called, for the wallet to show."""
    numbers = sandbox_credentials(settings)["wechatpay"]["sub_mchids"]
    names = {number: shop.name for number, shop in zip(numbers, MERCHANTS, strict=False)}
    name_merchants(sandbox_settings(settings), names)


async def _mall_app(settings: Settings) -> ASGIApp:
    return create_app(await open_mall(settings), works_in_background=settings.is_embedded)


async def _serve(make: Callable[[], Awaitable[ASGIApp]], taken: socket.socket) -> int:
    stop = stop_signal()
    async with running(await make(), taken) as server:
        await until_stopped(stop, server)
    return 0


def run_async(work: Coroutine[Any, Any, int]) -> int:
    """Run one piece of work on the fast event loop; its exit code."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)
