"""The sandbox's two times: business time, which tests may move on, and signature time, which nobody moves."""

from datetime import UTC, datetime, timedelta

from wanpu_sandbox.database import Database, read_setting, write_setting

_OFFSET = "business_clock_offset_s"


class SandboxClock:
    """Business time is the machine's time plus a stored offset, and only ever moves forward.

    Orders, codes and the retry ladder live on business time. Signatures carry the machine's time, since a
    peer checks them against its own clock.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.reading() as connection:
            self._offset = timedelta(seconds=int(read_setting(connection, _OFFSET) or 0))

    @property
    def offset_s(self) -> int:
        """How many seconds business time is ahead of the machine's time."""
        return int(self._offset.total_seconds())

    def now(self) -> datetime:
        """Business time, aware, in UTC."""
        return datetime.now(UTC) + self._offset

    def signature_now(self) -> datetime:
        """The machine's time, aware, in UTC."""
        return datetime.now(UTC)

    def advance(self, seconds: int) -> None:
        """Move business time forward; it stays moved after a restart."""
        if seconds < 0:
            raise ValueError("business time never goes back")
        self._store(self.offset_s + seconds)

    def reset(self) -> None:
        """Return to the machine's time. Only for a sandbox that has forgotten its trades."""
        self._store(0)

    def _store(self, offset_s: int) -> None:
        with self._database.transaction() as connection:
            write_setting(connection, _OFFSET, str(offset_s))
        self._offset = timedelta(seconds=offset_s)
