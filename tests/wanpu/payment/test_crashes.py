"""Killed between any two commits of paying, closing and being notified: settled afterwards, once.

The process under test dies right after its Nth commit, for N = 0, 1, 2 … until it survives; so every gap
between two commits is hit, whatever their number becomes. Another process, whose clock is 40 seconds ahead,
then carries on with what it finds.
"""

from collections.abc import Iterator

import pytest
from tests.wanpu.payment.provider_side import Provider
from tests.wanpu.payment.served import Died, Served, served, start_paying, wait_until_paid
from tests.wanpu_sandbox.running import RunningSandbox, running_sandbox

MOST_COMMITS = 12
LATER_S = 40


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path_factory.mktemp("provider")) as running:
        yield running


@pytest.fixture
def provider(sandbox: RunningSandbox) -> Provider:
    """The provider without trades; call-backs go out only when a test sends them."""
    made = Provider(sandbox)
    made.ask("POST", "/reset")
    made.notifications(kind="off")
    return made


def dies(room: Served, commits: int, path: str) -> bool:
    """Whether the process died during this call."""
    room.post(f"/_test/arm/{commits}")
    try:
        room.post(path)
    except Died:
        assert room.wait_until_dead() == 9
        return True
    return False


def test_a_process_killed_while_a_payment_is_created_leaves_nothing_that_cannot_go_on(
    db_url: str, sandbox: RunningSandbox, provider: Provider
) -> None:
    with served(db_url, sandbox, clock_offset_s=LATER_S) as survivor:
        for commits in range(MOST_COMMITS):
            payment_no = f"P{commits}"
            with served(db_url, sandbox, public_url=survivor.base_url) as mortal:
                has_died = dies(mortal, commits, f"/_test/create/{payment_no}")
            transactions = provider.pay(start_paying(survivor, payment_no))
            assert wait_until_paid(survivor, payment_no) == transactions
            assert survivor.get("/_test/audit") == []
            if not has_died:
                assert commits >= 4
                return
    raise AssertionError("the process never survived")


def test_a_process_killed_while_it_takes_a_notification_loses_no_money(
    db_url: str, sandbox: RunningSandbox, provider: Provider
) -> None:
    with served(db_url, sandbox, clock_offset_s=LATER_S) as survivor:
        for commits in range(MOST_COMMITS):
            payment_no = f"P{commits}"
            with served(db_url, sandbox) as mortal:
                transactions = provider.pay(start_paying(mortal, payment_no))
                mortal.post(f"/_test/arm/{commits}")
                told = provider.send_again()
                has_died = told["http_status"] is None
                if has_died:
                    assert mortal.wait_until_dead() == 9
            assert wait_until_paid(survivor, payment_no) == transactions
            assert survivor.get("/_test/audit") == []
            if not has_died:
                assert commits >= 2
                return
    raise AssertionError("the process never survived")


def test_a_process_killed_while_it_closes_a_payment_leaves_it_closed_in_the_end(
    db_url: str, sandbox: RunningSandbox, provider: Provider
) -> None:
    with served(db_url, sandbox, clock_offset_s=LATER_S) as survivor:
        for commits in range(MOST_COMMITS):
            payment_no = f"P{commits}"
            with served(db_url, sandbox) as mortal:
                start_paying(mortal, payment_no)
                has_died = dies(mortal, commits, f"/_test/close/{payment_no}")
            survivor.post("/_test/run-work")
            closed = survivor.post(f"/_test/close/{payment_no}")
            assert closed == {"status": "closed"}
            assert survivor.get("/_test/audit") == []
            if not has_died:
                assert commits >= 4
                return
    raise AssertionError("the process never survived")
