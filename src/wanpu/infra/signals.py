"""Named wake-ups inside one process, so that background loops start at once after a commit."""

import asyncio

OUTBOX = "outbox"
DUE_WORK = "due_work"
JOBS = "jobs"


class Signals:
    """A wake-up that nobody waits for is kept for the next waiter; several become one.

    They only save waiting: every loop also polls, so that a lost one delays and never loses work.
    """

    def __init__(self) -> None:
        self._events: dict[str, asyncio.Event] = {}

    def wake(self, name: str) -> None:
        """Wake everybody who waits for `name`."""
        self._event(name).set()

    async def wait(self, name: str, timeout_s: float) -> bool:
        """Wait for a wake-up, at most `timeout_s` seconds; whether one came."""
        event = self._event(name)
        try:
            async with asyncio.timeout(timeout_s):
                await event.wait()
        except TimeoutError:
            return False
        event.clear()
        return True

    def _event(self, name: str) -> asyncio.Event:
        return self._events.setdefault(name, asyncio.Event())
