"""Transition tables of orders and seller orders, pair by pair, and the status that an order derives."""

from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanpu.kernel.states import IllegalMove, TransitionTable
from wanpu.order.states import (
    ORDER_MOVES,
    SELLER_ORDER_MOVES,
    OrderStatus,
    SellerOrderStatus,
    derive_order_status,
)

SELLER_ORDER_PAIRS = {
    (1, 2), (1, 6),
    (2, 3), (2, 5), (2, 6),
    (3, 4), (3, 5),
    (4, 5),
    (5, 2), (5, 3), (5, 4), (5, 6),
}  # fmt: skip
ORDER_PAIRS = {(1, 2), (1, 6), (2, 3), (2, 4), (2, 6), (3, 4), (3, 6)}


@pytest.mark.requirement("S2-043")
@pytest.mark.parametrize(
    ("table", "statuses", "allowed"),
    [
        pytest.param(SELLER_ORDER_MOVES, SellerOrderStatus, SELLER_ORDER_PAIRS, id="seller order"),
        pytest.param(ORDER_MOVES, OrderStatus, ORDER_PAIRS, id="order"),
    ],
)
def test_every_listed_move_goes_and_every_other_raises(
    table: TransitionTable[Any],
    statuses: type[OrderStatus | SellerOrderStatus],
    allowed: set[tuple[int, int]],
) -> None:
    for current, target in product(statuses, repeat=2):
        if current is target:
            assert table.move(current, target) is False
        elif (int(current), int(target)) in allowed:
            assert table.move(current, target) is True
        else:
            with pytest.raises(IllegalMove):
                table.move(current, target)


def test_only_closed_is_final_for_a_seller_order_and_an_order_also_ends_succeeded() -> None:
    assert [status for status in SellerOrderStatus if SELLER_ORDER_MOVES.is_final(status)] == [6]
    assert [status for status in OrderStatus if ORDER_MOVES.is_final(status)] == [4, 6]


@pytest.mark.parametrize(
    ("children", "derived"),
    [
        ([1, 1], 1),
        ([2, 6], 2),
        ([2, 3], 2),
        ([3, 4], 3),
        ([6, 3, 4], 3),
        ([4, 4], 4),
        ([4, 6], 4),
        ([6, 6], 6),
    ],
)
def test_the_lowest_open_child_decides_the_order(children: list[int], derived: int) -> None:
    assert derive_order_status(SellerOrderStatus(child) for child in children) == derived


@given(st.lists(st.sampled_from([s for s in SellerOrderStatus if s != 5]), min_size=1), st.randoms())
def test_the_derived_status_depends_on_no_order_of_the_children(
    children: list[SellerOrderStatus], random: Random
) -> None:
    shuffled = list(children)
    random.shuffle(shuffled)

    assert derive_order_status(shuffled) is derive_order_status(children)
