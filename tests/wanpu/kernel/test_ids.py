"""Rules of `kernel/ids.py`: layouts, ceilings, genes, and public numbers."""

import itertools
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanpu.kernel.ids import (
    MAX_ID,
    MAX_OWNED_SERIAL,
    MAX_OWNER_ID,
    MAX_STAMPED_SERIAL,
    IdOutOfRange,
    PublicNumbers,
    owned_id,
    owner_of,
    require_owner,
    serial_of,
    stamped_id,
)

KEY = b"k" * 32
DAY = date(2026, 11, 22)


@pytest.mark.requirement("S3-053", "S3-054")
@given(st.integers(1, MAX_OWNED_SERIAL), st.integers(1, MAX_OWNER_ID))
def test_member_and_merchant_can_be_read_back_from_the_ids_that_carry_them(serial, owner):
    made = owned_id(serial, owner)

    assert made == serial * 2**32 + owner
    assert owner_of(made) == owner
    assert serial_of(made) == serial
    assert made <= MAX_ID


@pytest.mark.requirement("S3-055", "S3-056")
@pytest.mark.parametrize("owner", [0, -1, 2**32, 2**63])
def test_a_merchant_or_member_id_that_does_not_fit_32_bits_is_refused(owner):
    with pytest.raises(IdOutOfRange):
        require_owner(owner)
    with pytest.raises(IdOutOfRange):
        owned_id(1, owner)


@pytest.mark.parametrize("serial", [0, -1, 2**31, 2**40])
def test_a_serial_that_would_pass_63_bits_with_its_owner_is_refused(serial):
    with pytest.raises(IdOutOfRange):
        owned_id(serial, 1)


@pytest.mark.requirement("S3-052")
@given(st.integers(1, MAX_STAMPED_SERIAL), st.integers(1_577_836_800, 4_070_908_800))
def test_goods_ids_are_a_serial_and_sixteen_bits_of_the_time(serial, seconds):
    made = stamped_id(serial, datetime.fromtimestamp(seconds, UTC))

    assert made >> 16 == serial
    assert made & 0xFFFF == seconds % 65536
    assert made <= MAX_ID


@pytest.mark.parametrize("serial", [0, -1, 2**47])
def test_a_goods_serial_that_would_pass_63_bits_is_refused(serial):
    with pytest.raises(IdOutOfRange):
        stamped_id(serial, datetime(2026, 11, 22, tzinfo=UTC))


@given(st.lists(st.integers(1, 10**10 - 1), min_size=2, max_size=50, unique=True))
def test_no_two_serials_of_a_day_share_a_public_number(serials):
    numbers = PublicNumbers(KEY)

    assert len({numbers.number_for(serial, DAY) for serial in serials}) == len(serials)


def test_a_public_number_is_the_day_and_ten_digits_that_depend_on_the_key():
    number = PublicNumbers(KEY).number_for(1, DAY)

    assert number.startswith("20261122")
    assert len(number) == 18
    assert number.isdigit()
    assert number == PublicNumbers(KEY).number_for(1, DAY)
    assert number != PublicNumbers(b"other" * 8).number_for(1, DAY)


def test_public_numbers_of_neighbours_do_not_tell_how_many_lie_between():
    numbers = PublicNumbers(KEY)
    tails = [int(numbers.number_for(serial, DAY)[8:]) for serial in range(1, 101)]

    assert len({later - earlier for earlier, later in itertools.pairwise(tails)}) == 99
