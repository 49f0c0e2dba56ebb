"""Settings and secrets as code reads them: kept in the process, never older than a second."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import BaseModel
from structlog import get_logger

from wanpu.infra.database import Database
from wanpu.infra.vault import Vault
from wanpu.kernel.clock import Clock
from wanpu.system.config_keys import ConfigKey
from wanpu.system.errors import ConfigValueInvalid
from wanpu.system.queries import configs as queries

M = TypeVar("M", bound=BaseModel)

MAX_AGE = timedelta(seconds=1)
"""A change is seen on every node after this long, whatever connects the nodes."""

log = get_logger(__name__)


def secret_purpose(name: str) -> str:
    """What a secret is sealed for: no other secret's seal opens in its place."""
    return f"secret:{name}"


class ConfigBook:
    """The registered settings as this process knows them.

    It reads the few rows that code asks for, in two statements and at most once a second, so that no node
    has to be told of a change. Ask it before a transaction opens.
    """

    def __init__(self, db: Database, clock: Clock, vault: Vault, keys: Iterable[ConfigKey[Any]]) -> None:
        self._db = db
        self._clock = clock
        self._vault = vault
        self.keys: Mapping[str, ConfigKey[Any]] = {key.name: key for key in keys}
        self.secrets: Mapping[str, tuple[str, str]] = {
            key.secret_name(name): titles
            for key in self.keys.values()
            for name, titles in key.secrets.items()
        }
        self._read_at: datetime | None = None
        self._turn = 0
        self._reading = asyncio.Lock()
        self._texts: Mapping[str, str] = {}
        self._values: dict[str, tuple[str, Any]] = {}
        self._sealed: Mapping[str, str] = {}

    async def value(self, key: ConfigKey[M]) -> M:
        """The value of a setting, at most a second old; its defaults while no row stands, and while a row
        that was written past us does not fit."""
        await self._refresh()
        text = self._texts.get(key.name)
        known = self._values.get(key.name)
        if known is None or known[0] != text:
            known = (text or "", self._read(key, text))
            self._values[key.name] = known
        value = known[1]
        assert isinstance(value, key.model)
        return value

    async def secret(self, name: str) -> str | None:
        """A secret in clear, at most a second old; None while it is not set.

        Raises:
            SealBroken: it was sealed under a master key that we do not hold.
        """
        await self._refresh()
        sealed = self._sealed.get(name)
        return None if sealed is None else self._vault.open(sealed, purpose=secret_purpose(name))

    def forget(self) -> None:
        """Read anew at the next question: this process has just committed a change."""
        self._read_at = None
        self._turn += 1

    async def _refresh(self) -> None:
        if self._is_fresh():
            return
        async with self._reading:
            if self._is_fresh():
                return
            turn, now = self._turn, self._clock.now()
            async with self._db.reading() as session:
                self._texts = await queries.read_values(session, list(self.keys))
                self._sealed = await queries.read_sealed(session, list(self.secrets))
            self._read_at = now if turn == self._turn else None

    def _is_fresh(self) -> bool:
        return self._read_at is not None and timedelta(0) <= self._clock.now() - self._read_at < MAX_AGE

    def _read(self, key: ConfigKey[M], text: str | None) -> M:
        if text is None:
            return key.model()
        try:
            return key.read(text)
        except ConfigValueInvalid as error:
            log.error("config.invalid", key=key.name, details=error.details)
            return key.model()
