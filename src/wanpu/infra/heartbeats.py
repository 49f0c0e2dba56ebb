"""When each background loop of this process last passed, so that a stuck one is noticed."""

from datetime import datetime, timedelta

from wanpu.kernel.clock import Clock

SILENT_FOR = timedelta(seconds=30)


class Heartbeats:
    """Loops beat at every pass; one that has beaten once and then falls silent is stuck."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: dict[str, datetime] = {}

    def beat(self, name: str) -> None:
        """The loop `name` has passed now."""
        self._last[name] = self._clock.now()

    def silent(self) -> dict[str, datetime]:
        """The loops that have not passed for 30 seconds, and when each last did."""
        now = self._clock.now()
        return {name: last for name, last in self._last.items() if now - last > SILENT_FOR}
