"""64-bit ids that carry a sharding gene, and public numbers that hide the volume.

order id = serial << 32 | member id; seller order id = serial << 32 | merchant id;
sku and spu id = serial << 16 | 16 bits of the time. Signed 63 bits is the ceiling everywhere.
"""

import hashlib
import hmac
from datetime import date, datetime
from typing import NewType

Id = NewType("Id", int)
"""A 64-bit whole number; a string in JSON."""

MAX_ID = 2**63 - 1
MAX_OWNER_ID = 2**32 - 1
MAX_OWNED_SERIAL = 2**31 - 1
MAX_STAMPED_SERIAL = 2**47 - 1


class IdOutOfRange(ValueError):
    """A serial or an owner no longer fits the layout; nothing may be written with it."""


def owned_id(serial: int, owner_id: int) -> Id:
    """`serial` << 32 | owner: the low half is the member or merchant, by which rows are sharded.

    Raises:
        IdOutOfRange: the serial passes 31 bits or the owner 32 bits.
    """
    if not 0 < serial <= MAX_OWNED_SERIAL:
        raise IdOutOfRange(f"serial {serial} passes 31 bits")
    return Id(serial << 32 | require_owner(owner_id))


def owner_of(owned: int) -> Id:
    """The member or merchant that an order or seller order id carries."""
    return Id(owned & MAX_OWNER_ID)


def serial_of(owned: int) -> int:
    """The running number of an order or seller order id."""
    return owned >> 32


def stamped_id(serial: int, moment: datetime) -> Id:
    """`serial` << 16 | low 16 bits of the unix time: SKU and SPU ids. Only the serial is unique.

    Raises:
        IdOutOfRange: the serial passes 47 bits.
    """
    if not 0 < serial <= MAX_STAMPED_SERIAL:
        raise IdOutOfRange(f"serial {serial} passes 47 bits")
    return Id(serial << 16 | int(moment.timestamp()) & 0xFFFF)


def require_owner(owner_id: int) -> Id:
    """A member or merchant id, which must fit 32 bits.

    Raises:
        IdOutOfRange: it does not.
    """
    if not 0 < owner_id <= MAX_OWNER_ID:
        raise IdOutOfRange(f"{owner_id} is not a 32-bit id")
    return Id(owner_id)


class PublicNumbers:
    """Turns a serial into a number for people: the China day and ten digits that hide the serial.

    The digits are a keyed permutation of 0 … 10^10 - 1 (a Feistel network over two halves of five
    digits), so two serials never share a number and nobody can count a mall's orders from two of
    them. Unique within a day for 10^10 serials.
    """

    _HALF = 100_000
    _ROUNDS = 6

    def __init__(self, key: bytes) -> None:
        self._key = key

    def number_for(self, serial: int, day: date) -> str:
        """Eighteen digits: yyyymmdd, then ten permuted ones."""
        left, right = divmod(serial % self._HALF**2, self._HALF)
        for round_no in range(self._ROUNDS):
            left, right = right, (left + self._scramble(round_no, right)) % self._HALF
        return f"{day:%Y%m%d}{left:05d}{right:05d}"

    def _scramble(self, round_no: int, half: int) -> int:
        digest = hmac.digest(self._key, b"%d:%d" % (round_no, half), hashlib.sha256)
        return int.from_bytes(digest[:8], "big")
