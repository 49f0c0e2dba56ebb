"""Look-ups that come together share one statement and keep their own answers."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest
from sqlalchemy import literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.database import Database
from wanpu.infra.gathered_reads import GatheredReads


class Doubles:
    """A look-up that knows the double of every even number, and keeps what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    async def find(self, session: AsyncSession, keys: Sequence[int]) -> Mapping[int, int]:
        self.asked.append(list(keys))
        if 13 in keys:
            raise ValueError("13 is out of luck")
        await session.execute(select(literal_column("1")))
        return {key: key * 2 for key in keys if key % 2 == 0}


async def test_those_who_come_while_one_is_being_asked_go_together(db: Database) -> None:
    doubles, reads = Doubles(), GatheredReads(db)
    finder = doubles.find

    found = await asyncio.gather(*(reads.find(finder, number) for number in range(5)))

    assert found == [0, None, 4, None, 8]
    assert [len(keys) for keys in doubles.asked] == [5]


async def test_a_key_that_breaks_the_statement_takes_no_neighbour_along(db: Database) -> None:
    doubles, reads = Doubles(), GatheredReads(db)
    finder = doubles.find

    found = await asyncio.gather(*(reads.find(finder, n) for n in (2, 13, 4)), return_exceptions=True)

    assert (found[0], found[2]) == (4, 8)
    with pytest.raises(ValueError, match="out of luck"):
        raise found[1]  # type: ignore[misc]


async def test_two_kinds_of_look_up_are_never_mixed(db: Database) -> None:
    one, other, reads = Doubles(), Doubles(), GatheredReads(db)
    find_one, find_other = one.find, other.find

    assert await asyncio.gather(reads.find(find_one, 2), reads.find(find_other, 6)) == [4, 12]
    assert (one.asked, other.asked) == ([[2]], [[6]])
