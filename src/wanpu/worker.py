"""A process that only delivers events and does due work, for the server shape."""

import asyncio
import signal

from wanpu.infra.logs import configure_logs
from wanpu.infra.settings import Settings
from wanpu.mall import background_work, close_mall, open_mall, watching


async def work(settings: Settings) -> int:
    """Run until the process is asked to stop (SIGINT or SIGTERM)."""
    configure_logs(settings)
    mall = await open_mall(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        async with watching(mall), background_work(mall):
            await stop.wait()
    finally:
        await close_mall(mall)
    return 0
