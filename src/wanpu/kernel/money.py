"""Money: whole fen inside, yuan text only at the edges."""

import re
from collections.abc import Sequence
from typing import NewType

Fen = NewType("Fen", int)
"""A whole number of fen (分), CNY only. 1 yuan is 100 fen."""

BASIS_POINTS = 10_000
MAX_FEN = 10**15

_YUAN = re.compile(r"(-?)(\d{1,13})(?:\.(\d{1,2}))?", re.ASCII)


def parse_yuan(text: str) -> Fen:
    """Read yuan text such as "19.90" as fen.

    Raises:
        ValueError: not plain decimal text, or a third decimal: no rounding is ever guessed.
    """
    match = _YUAN.fullmatch(text)
    if match is None:
        raise ValueError(f"not an amount in yuan: {text!r}")
    sign, yuan, cents = match.groups()
    fen = int(yuan) * 100 + int((cents or "").ljust(2, "0"))
    return Fen(-fen if sign else fen)


def format_yuan(fen: int) -> str:
    """Write fen as yuan text with two decimals: 1990 is "19.90"."""
    sign = "-" if fen < 0 else ""
    yuan, cents = divmod(abs(fen), 100)
    return f"{sign}{yuan}.{cents:02d}"


def split_by_largest_remainder(total: int, weights: Sequence[int]) -> list[Fen]:
    """Share `total` fen in proportion to `weights`, so that the shares add up to it exactly.

    Each share is rounded down first; the fen left over go to the largest remainders, the earlier
    one first among equals. With all weights zero the first share takes everything.

    Raises:
        ValueError: a negative total or weight, or nothing to share a positive total between.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("total and weights must not be negative")
    if not weights:
        if total:
            raise ValueError("nobody to share with")
        return []
    whole = sum(weights)
    if whole == 0:
        return [Fen(total), *(Fen(0) for _ in weights[1:])]
    shares = [total * weight // whole for weight in weights]
    remainders = [total * weight % whole for weight in weights]
    left_over = total - sum(shares)
    for index in sorted(range(len(weights)), key=lambda i: (-remainders[i], i))[:left_over]:
        shares[index] += 1
    return [Fen(share) for share in shares]


def share_of(amount_fen: int, rate_bp: int) -> Fen:
    """The part of an amount at a rate in basis points (万分之一), rounded down."""
    return Fen(amount_fen * rate_bp // BASIS_POINTS)
