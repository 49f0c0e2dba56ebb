"""Exactly once, over HTTP: real processes, real call-backs of the sandbox, real races."""

import time
from collections import Counter
from collections.abc import Iterator

import pytest
from tests.processes import context
from tests.wanpu.payment.provider_side import Provider, catcher, send_copies
from tests.wanpu.payment.served import served, start_paying, wait_until_paid
from tests.wanpu_sandbox.running import RunningSandbox, running_sandbox

PROCESSES = 4
COPIES_EACH = 25


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path_factory.mktemp("provider")) as running:
        yield running


@pytest.fixture
def provider(sandbox: RunningSandbox) -> Provider:
    """The provider without trades and faults."""
    made = Provider(sandbox)
    made.ask("POST", "/reset")
    return made


def test_a_hundred_copies_from_several_processes_to_several_processes_credit_once(
    db_url: str, sandbox: RunningSandbox, provider: Provider
) -> None:
    with (
        catcher() as notified,
        served(db_url, sandbox, public_url=notified.url) as first,
        served(db_url, sandbox, public_url=notified.url) as second,
    ):
        transactions = provider.pay(start_paying(first))
        caught = notified.next()
        barrier = context.Barrier(PROCESSES)
        results = context.Queue()
        senders = [
            context.Process(
                target=send_copies,
                args=([first.base_url, second.base_url], caught, COPIES_EACH, barrier, results),
            )
            for _ in range(PROCESSES)
        ]
        for sender in senders:
            sender.start()
        answers = [answer for _ in senders for answer in results.get(timeout=170)]
        for sender in senders:
            sender.join(30)

        assert Counter(answers) == {(200, '{"code":"SUCCESS","message":"成功"}'.encode()): 100}
        assert wait_until_paid(first) == transactions
        assert second.get("/_test/audit") == []


@pytest.mark.requirement("S3-013")
def test_a_genuine_call_back_is_acknowledged_and_its_repeats_change_nothing(
    db_url: str, sandbox: RunningSandbox, provider: Provider
) -> None:
    with served(db_url, sandbox) as room:
        transactions = provider.pay(start_paying(room))
        assert wait_until_paid(room) == transactions

        provider.send_again()

        assert wait_until_paid(room) == transactions
        assert room.get("/_test/audit") == []


def test_forged_call_backs_are_refused_without_a_word_and_change_nothing(
    db_url: str, sandbox: RunningSandbox, provider: Provider
) -> None:
    forgeries = ("bad_signature", "no_signature", "unknown_serial", "old_timestamp", "other_account")
    with served(db_url, sandbox) as room:
        code = start_paying(room)
        for forge in forgeries:
            told = provider.ask("POST", "/notifications/forge", {"content": code, "forge": forge})
            assert told["http_status"] == 401, (forge, told)

        assert room.get("/_test/query/P1") == {"status": "paying", "parts": [None, None]}
        assert room.get("/_test/audit") == []


def test_a_tampered_amount_is_a_case_and_the_query_finds_the_truth(
    db_url: str, sandbox: RunningSandbox, provider: Provider
) -> None:
    provider.notifications(kind="tamper", field="sub_orders.0.amount.total_amount", value=1)
    with served(db_url, sandbox, clock_offset_s=10) as room:
        transactions = provider.pay(start_paying(room))
        for _ in range(100):
            listed = room.get("/_test/audit")
            if listed:
                break
            time.sleep(0.1)
        assert [line.split(":")[0] for line in listed] == ["listed M8 money_exception"] * 2
        assert all("amount_mismatch" in line for line in listed)
        assert room.get("/_test/query/P1")["status"] == "paying"

        assert wait_until_paid(room) == transactions
        assert room.get("/_test/audit") == []


def test_a_lost_notification_is_found_by_the_active_query_and_a_late_one_changes_nothing(
    db_url: str, sandbox: RunningSandbox, provider: Provider
) -> None:
    provider.notifications(kind="off")
    with served(db_url, sandbox) as room:
        transactions = provider.pay(start_paying(room))
        assert wait_until_paid(room) == transactions

        late = provider.send_again()

        assert late["http_status"] == 200, late
        assert wait_until_paid(room) == transactions
        assert room.get("/_test/audit") == []
