"""What may be set per merchant: its name in the wallet, and the keys that the provider uses towards it."""

import itertools
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from wanpu_sandbox.database import Database
from wanpu_sandbox.wechatpay.states import NotificationKey

SCHEMA = """
CREATE TABLE merchant (
    mchid TEXT PRIMARY KEY,
    name TEXT,
    notification_key TEXT CHECK (notification_key IN ('public_key', 'platform_certificate', 'mixed')),
    has_platform_certificate INTEGER NOT NULL DEFAULT 1 CHECK (has_platform_certificate IN (0, 1))
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class MerchantSetting:
    """`has_platform_certificate` is false for a merchant made for public-key mode only."""

    mchid: str
    name: str | None
    notification_key: NotificationKey
    has_platform_certificate: bool


class MerchantSettings:
    """Stored settings, with defaults for merchants that have none."""

    def __init__(self, database: Database, default_key: NotificationKey) -> None:
        self._database = database
        self._default_key = default_key
        self._turn = itertools.count()

    def get(self, mchid: str) -> MerchantSetting:
        """The settings in force for a merchant or sub-merchant."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT * FROM merchant WHERE mchid = ?", (mchid,)).fetchone()
        if row is None:
            return MerchantSetting(mchid, None, self._default_key, has_platform_certificate=True)
        return MerchantSetting(
            mchid=mchid,
            name=row["name"],
            notification_key=NotificationKey(row["notification_key"] or self._default_key),
            has_platform_certificate=bool(row["has_platform_certificate"]),
        )

    def change(
        self,
        mchid: str,
        *,
        name: str | None = None,
        notification_key: NotificationKey | None = None,
        has_platform_certificate: bool | None = None,
    ) -> MerchantSetting:
        """Set what is given and keep the rest."""
        with self._database.transaction() as connection:
            connection.execute("INSERT INTO merchant (mchid) VALUES (?) ON CONFLICT DO NOTHING", (mchid,))
            connection.execute(
                "UPDATE merchant SET name = coalesce(?, name),"
                " notification_key = coalesce(?, notification_key),"
                " has_platform_certificate = coalesce(?, has_platform_certificate) WHERE mchid = ?",
                (name, notification_key, has_platform_certificate, mchid),
            )
        return self.get(mchid)

    def names_of(self, mchids: Iterable[str]) -> dict[str, str]:
        """What the wallet shows for each of these payees; one that has no name is shown by its number."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT mchid, name FROM merchant WHERE name IS NOT NULL").fetchall()
        given = {row["mchid"]: row["name"] for row in rows}
        return {mchid: given.get(mchid, f"沙箱商户 {mchid}") for mchid in mchids}

    def signs_with_public_key(self, mchid: str) -> bool:
        """Whether the next call-back of this merchant is signed in public-key mode."""
        key = self.get(mchid).notification_key
        if key is NotificationKey.MIXED:
            return next(self._turn) % 2 == 0
        return key is NotificationKey.PUBLIC_KEY


def forget_keys(connection: sqlite3.Connection) -> None:
    """Return every merchant to the default keys; names stay."""
    connection.execute("UPDATE merchant SET notification_key = NULL, has_platform_certificate = 1")
