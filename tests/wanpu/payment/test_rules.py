"""Pure rules: what a payment may look like, which methods are legal, which money fits."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.wanpu.payment.room import NATIVE, ask_for, share

from wanpu.kernel.clock import ManualClock
from wanpu.kernel.money import MAX_FEN, Fen
from wanpu.kernel.states import IllegalMove
from wanpu.payment import CreatePayment
from wanpu.payment.errors import (
    AmountTooLarge,
    MerchantNotReady,
    MethodNotOffered,
    PaymentInvalid,
    TooManyMerchants,
)
from wanpu.payment.rules import AccountOffer, Client, check_request, offer_of, offers
from wanpu.payment.states import (
    ATTEMPT_MOVES,
    LIVE,
    PAYMENT_MOVES,
    AttemptStatus,
    PaymentStatus,
)

CLOCK = ManualClock(datetime(2026, 11, 22, 8, tzinfo=UTC))
SOUND = ask_for(CLOCK)


def partner(*merchants: int) -> AccountOffer:
    return AccountOffer(7, "wechatpay", "partner", {str(number): f"19{number}" for number in merchants})


@pytest.mark.parametrize(
    ("ask", "problem"),
    [
        (replace(SOUND, payment_no=""), "payment_no"),
        (replace(SOUND, payment_no="P" * 33), "payment_no"),
        (replace(SOUND, payment_no="P1;DROP"), "payment_no"),
        (replace(SOUND, payment_no="单号1"), "payment_no"),
        (replace(SOUND, amount_fen=Fen(0)), "amount_fen"),
        (replace(SOUND, amount_fen=Fen(-1)), "amount_fen"),
        (replace(SOUND, amount_fen=Fen(MAX_FEN + 1)), "amount_fen"),
        (replace(SOUND, shares=(share(1, 3781), share(2, -1))), "shares.amount_fen"),
        (replace(SOUND, shares=(share(1, 3000), share(2, 781))), "shares do not add up to amount_fen"),
        (replace(SOUND, shares=()), "shares do not add up to amount_fen"),
        (replace(SOUND, shares=(share(1, 3000), share(1, 780))), "shares.reference is repeated"),
        (
            replace(SOUND, shares=(replace(share(1, 3780), reference=""),)),
            "shares.reference or shares.merchant_ref",
        ),
        (replace(SOUND, subject=""), "subject"),
        (replace(SOUND, subject="字" * 128), "subject"),
    ],
)
def test_a_request_that_contradicts_itself_is_refused(ask: CreatePayment, problem: str) -> None:
    with pytest.raises(PaymentInvalid) as refused:
        check_request(ask)

    assert refused.value.details == {"problem": problem}


def test_a_sound_request_passes() -> None:
    check_request(SOUND)


@pytest.mark.parametrize("merchants", [1, 2, 50])
def test_native_takes_one_to_fifty_merchants_of_a_service_provider(merchants: int) -> None:
    shares = [share(number, 100) for number in range(1, merchants + 1)]

    assert offer_of(NATIVE, shares, [partner(*range(1, 51))]).account_id == 7


def test_a_merchant_that_receives_nothing_counts_for_no_limit() -> None:
    shares = [*(share(number, 100) for number in range(1, 51)), share(99, 0)]

    assert offer_of(NATIVE, shares, [partner(*range(1, 51))]).account_id == 7


def test_a_direct_merchant_combines_ten_and_takes_one_without_a_sub_merchant() -> None:
    direct = AccountOffer(8, "wechatpay", "direct")

    assert offer_of(NATIVE, [share(1, 100)], [direct]).receiver_of("1") is None
    with pytest.raises(MerchantNotReady):
        offer_of(NATIVE, [share(1, 100), share(2, 100)], [direct])
    with pytest.raises(TooManyMerchants):
        offer_of(NATIVE, [share(number, 1) for number in range(11)], [direct])


def test_the_first_account_that_can_take_the_payment_takes_it() -> None:
    accounts = [partner(1), replace(partner(1, 2), account_id=9)]

    assert offer_of(NATIVE, [share(1, 100), share(2, 100)], accounts).account_id == 9


def test_ten_million_yuan_is_the_most_for_one_merchant() -> None:
    most = 10_000_000_00

    assert offer_of(NATIVE, [share(1, most)], [partner(1)]).account_id == 7
    with pytest.raises(AmountTooLarge):
        offer_of(NATIVE, [share(1, most + 1)], [partner(1)])


def test_without_an_account_nothing_is_offered() -> None:
    (offer,) = offers([share(1, 100)], [], Client.PHONE)

    assert not offer.is_legal
    assert isinstance(offer.refusal, MethodNotOffered)


@given(st.integers(min_value=1, max_value=60), st.sets(st.integers(min_value=1, max_value=60)))
def test_what_the_cashier_offers_is_what_create_takes(merchants: int, ready: set[int]) -> None:
    shares = [share(number, 100) for number in range(1, merchants + 1)]
    account = partner(*ready)

    (offer,) = offers(shares, [account], Client.DESKTOP)

    assert offer.is_legal == (merchants <= 50 and set(range(1, merchants + 1)) <= ready)
    if offer.is_legal:
        assert offer_of(NATIVE, shares, [account]) is account
    else:
        assert offer.refusal is not None
        with pytest.raises(type(offer.refusal)):
            offer_of(NATIVE, shares, [account])


PAYMENT_LEGAL = {
    ("created", "paying"),
    ("created", "paid"),
    ("created", "closed"),
    ("paying", "paid"),
    ("paying", "closed"),
}
ATTEMPT_LEGAL = {
    ("created", "open"),
    ("created", "paid"),
    ("created", "closed"),
    ("created", "superseded"),
    ("created", "failed"),
    ("open", "paid"),
    ("open", "closed"),
    ("open", "superseded"),
    ("superseded", "closed"),
}


@pytest.mark.parametrize(("current", "target"), list(product(PaymentStatus, PaymentStatus)))
def test_every_pair_of_payment_statuses(current: PaymentStatus, target: PaymentStatus) -> None:
    if current is target:
        assert PAYMENT_MOVES.move(current, target) is False
    elif (current, target) in PAYMENT_LEGAL:
        assert PAYMENT_MOVES.move(current, target) is True
    else:
        with pytest.raises(IllegalMove):
            PAYMENT_MOVES.move(current, target)


@pytest.mark.parametrize(("current", "target"), list(product(AttemptStatus, AttemptStatus)))
def test_every_pair_of_attempt_statuses(current: AttemptStatus, target: AttemptStatus) -> None:
    if current is target:
        assert ATTEMPT_MOVES.move(current, target) is False
    elif (current, target) in ATTEMPT_LEGAL:
        assert ATTEMPT_MOVES.move(current, target) is True
    else:
        with pytest.raises(IllegalMove):
            ATTEMPT_MOVES.move(current, target)


def test_only_created_and_open_attempts_are_live() -> None:
    assert {AttemptStatus.CREATED, AttemptStatus.OPEN} == LIVE
