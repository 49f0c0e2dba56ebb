"""Four eyes: a dangerous action is asked for by one person and decided on by another."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select
from tests.http import Caller, room_app, serving
from tests.wanpu.system.operations import make_caller
from tests.wanpu.system.people import Person, make_administrator, make_staff

from wanpu.infra.due_work_runner import Runner
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.errors import Conflict, Forbidden
from wanpu.kernel.ids import Id
from wanpu.kernel.states import IllegalMove
from wanpu.system.api import approvals as api
from wanpu.system.approvals import ApprovalAction, Approved
from wanpu.system.callers import StaffCaller
from wanpu.system.errors import ApprovalOpenAlready
from wanpu.system.jobs import due_work_handlers
from wanpu.system.models import Approval, OperationLog
from wanpu.system.service import approvals
from wanpu.system.service.approvals import ApprovalRequest
from wanpu.system.services import SystemServices
from wanpu.system.states import APPROVAL_MOVES, ApprovalStatus

PATH = "/platform/v1/approvals"
ALL = ["sys:approval:list", "sys:approval:info", "sys:approval:decide", "thing:blow-up"]


class NotNow(Conflict):
    """The thing cannot be blown up at present."""

    code = "thing.not_now"
    message_zh = "现在不行"
    message_en = "Not now, call 13800138000"


class Blaster:
    """A dangerous action that notes what it was told to do."""

    def __init__(self) -> None:
        self.done: list[Approved] = []
        self.error: Exception | None = None

    async def carry_out(self, approved: Approved) -> None:
        if self.error is not None:
            raise self.error
        self.done.append(approved)


@pytest.fixture
def blaster(system: SystemServices) -> Blaster:
    made = Blaster()
    system.approvals.register(
        ApprovalAction("thing.blow_up", "thing:blow-up", "爆破", "Blow up", made.carry_out)
    )
    return made


@pytest.fixture
def runner(system: SystemServices, blaster: Blaster) -> Runner:
    return Runner(system, due_work_handlers(system))


@pytest.fixture
async def nobody(system: SystemServices, blaster: Blaster) -> AsyncIterator[Caller]:
    app = room_app(system, [api.router])
    app.state.system = system
    async with serving(app) as caller:
        yield caller


@pytest.fixture
async def asker(system: SystemServices) -> Person:
    return await make_staff(system, "asker", ALL)


@pytest.fixture
async def decider(system: SystemServices, nobody: Caller) -> Caller:
    return nobody.with_token((await make_staff(system, "decider", ALL)).token)


def caller_of(person: Person, *permissions: str) -> StaffCaller:
    made = make_caller(person.staff_id, person.username)
    return StaffCaller(
        made.staff_id,
        made.username,
        None,
        made.token_id,
        frozenset(permissions or ALL),
        must_change_password=False,
        origin=made.origin,
    )


async def ask(system: SystemServices, person: Person, subject: str = "thing:1") -> Id:
    request = ApprovalRequest(
        "thing.blow_up", subject, {"charge": 3}, {"charge": 3, "password": "Correct-Horse-7"}, "it is old"
    )
    return await approvals.request_approval(system, caller_of(person), request)


async def status_of(system: SystemServices, approval_id: Id) -> ApprovalStatus:
    async with system.db.reading() as session:
        return (await session.execute(select(Approval.status).where(Approval.id == approval_id))).scalar_one()


@pytest.mark.parametrize(("current", "target"), list(product(ApprovalStatus, repeat=2)))
def test_only_listed_moves_are_made(current: ApprovalStatus, target: ApprovalStatus) -> None:
    if current is target:
        assert APPROVAL_MOVES.move(current, target) is False
    elif APPROVAL_MOVES.allows(current, target):
        assert APPROVAL_MOVES.move(current, target) is True
    else:
        with pytest.raises(IllegalMove):
            APPROVAL_MOVES.move(current, target)


async def test_what_one_asks_for_and_another_agrees_to_is_carried_out_once(
    system: SystemServices, asker: Person, decider: Caller, blaster: Blaster, runner: Runner
) -> None:
    approval_id = await ask(system, asker)
    shown = (await decider.get(f"{PATH}/{approval_id}")).body
    assert (shown["status"], shown["subject"], shown["reason"]) == ("pending", "thing:1", "it is old")
    assert shown["shown"] == {"charge": 3, "password": "***"}
    assert (shown["requested_by_name"], shown["permission"]) == ("asker", "thing:blow-up")

    agreed = await decider.post(f"{PATH}/{approval_id}/approve", {"comment": "go on"})
    assert (agreed.status, agreed.body["status"]) == (200, "approved")
    assert blaster.done == []
    await runner.run_once()
    await runner.run_once()

    [approved] = blaster.done
    assert (approved.subject, approved.params, approved.approval_id) == (
        "thing:1",
        {"charge": 3},
        approval_id,
    )
    assert (approved.caller.staff_id, approved.caller.username) == (asker.staff_id, "asker")
    done = (await decider.get(f"{PATH}/{approval_id}")).body
    assert (done["status"], done["decided_by_name"], done["comment"]) == ("done", "decider", "go on")
    async with system.db.reading() as session:
        logged = (await session.execute(select(OperationLog.username, OperationLog.operation))).all()
    assert [tuple(row) for row in logged] == [
        ("asker", "approval.request"),
        ("decider", "approval.approved"),
    ]


async def test_who_asks_never_decides_not_even_the_super_administrator(
    system: SystemServices, nobody: Caller, blaster: Blaster, runner: Runner
) -> None:
    await make_staff(system, "somebody", ALL)  # so that a menu names the permissions
    administrator = await make_administrator(system)
    approval_id = await ask(system, administrator)
    caller = nobody.with_token(administrator.token)

    for path, body in (("approve", {}), ("refuse", {"comment": "no"})):
        refused = await caller.post(f"{PATH}/{approval_id}/{path}", body)
        assert refused.refusal == (403, "approval.own_request")

    await runner.run_once()
    assert (await status_of(system, approval_id), blaster.done) == (ApprovalStatus.PENDING, [])


async def test_deciding_takes_the_permission_of_the_action_as_well(
    system: SystemServices, asker: Person, nobody: Caller
) -> None:
    approval_id = await ask(system, asker)
    clerk = nobody.with_token(
        (await make_staff(system, "clerk", ["sys:approval:decide", "sys:approval:list"])).token
    )

    refused = await clerk.post(f"{PATH}/{approval_id}/approve", {})

    assert (refused.refusal, refused.body["details"]) == (
        (403, "auth.forbidden"),
        {"permission": "thing:blow-up"},
    )
    assert await status_of(system, approval_id) is ApprovalStatus.PENDING
    with pytest.raises(Forbidden):
        await approvals.request_approval(
            system, caller_of(asker, "thing:look"), ApprovalRequest("thing.blow_up", "thing:2", {})
        )


async def test_a_refusal_needs_a_reason_and_ends_the_request(
    system: SystemServices, asker: Person, decider: Caller, blaster: Blaster, runner: Runner
) -> None:
    approval_id = await ask(system, asker)

    assert (await decider.post(f"{PATH}/{approval_id}/refuse", {})).refusal == (422, "request.invalid")
    assert (await decider.post(f"{PATH}/{approval_id}/refuse", {"comment": " "})).bad_fields == {"comment"}
    refused = await decider.post(f"{PATH}/{approval_id}/refuse", {"comment": "not like this"})
    assert (refused.body["status"], refused.body["comment"]) == ("refused", "not like this")

    late = await decider.post(f"{PATH}/{approval_id}/approve", {})
    assert (late.refusal, late.body["details"]) == ((409, "approval.closed"), {"status": "refused"})
    await runner.run_once()
    assert blaster.done == []


async def test_two_who_decide_at_once_one_decides(
    system: SystemServices, asker: Person, decider: Caller, nobody: Caller
) -> None:
    approval_id = await ask(system, asker)
    other = nobody.with_token((await make_staff(system, "other", ALL)).token)

    answers = await asyncio.gather(
        *(who.post(f"{PATH}/{approval_id}/approve", {}) for who in (decider, other) * 3),
        decider.post(f"{PATH}/{approval_id}/refuse", {"comment": "no"}),
    )

    assert sorted(answer.status for answer in answers) == [200] + [409] * 6


async def test_one_thing_has_one_open_request(
    system: SystemServices, asker: Person, decider: Caller, blaster: Blaster
) -> None:
    first = await ask(system, asker)

    with pytest.raises(ApprovalOpenAlready) as refused:
        await ask(system, asker)
    assert refused.value.details == {"approval_id": str(first)}
    await ask(system, asker, "thing:2")
    await decider.post(f"{PATH}/{first}/refuse", {"comment": "no"})
    await ask(system, asker)

    assert (await decider.get(f"{PATH}?subject=thing:1")).body["total"] == 2
    assert (await decider.get(f"{PATH}?status=pending")).body["total"] == 2


async def test_only_who_asked_takes_a_request_back(
    system: SystemServices, asker: Person, nobody: Caller, decider: Caller
) -> None:
    approval_id = await ask(system, asker)

    assert (await decider.post(f"{PATH}/{approval_id}/withdraw")).refusal == (404, "approval.not_found")
    taken_back = await nobody.with_token(asker.token).post(f"{PATH}/{approval_id}/withdraw")

    assert taken_back.body["status"] == "withdrawn"
    assert (await decider.post(f"{PATH}/{approval_id}/approve", {})).status == 409


async def test_a_request_that_nobody_decides_on_expires(
    system: SystemServices, asker: Person, decider: Caller, runner: Runner, clock: ManualClock
) -> None:
    approval_id = await ask(system, asker)
    clock.advance(timedelta(days=3))
    person = await make_staff(system, "late", ALL)

    late = await decider.with_token(person.token).post(f"{PATH}/{approval_id}/approve", {})
    assert (late.refusal, late.body["details"]) == ((409, "approval.closed"), {"status": "expired"})
    await runner.run_once()

    assert await status_of(system, approval_id) is ApprovalStatus.EXPIRED


async def test_an_action_that_refuses_fails_the_request_until_it_is_retried(
    system: SystemServices, asker: Person, decider: Caller, blaster: Blaster, runner: Runner
) -> None:
    approval_id = await ask(system, asker)
    blaster.error = NotNow()
    await decider.post(f"{PATH}/{approval_id}/approve", {})
    await runner.run_once()
    failed = (await decider.get(f"{PATH}/{approval_id}")).body
    assert (failed["status"], failed["error"]) == ("failed", "thing.not_now: Not now, call 138****8000")

    blaster.error = None
    assert (await decider.post(f"{PATH}/{approval_id}/retry")).status == 200
    await runner.run_once()

    assert (await decider.get(f"{PATH}/{approval_id}")).body["status"] == "done"
    assert len(blaster.done) == 1
    assert (await decider.post(f"{PATH}/{approval_id}/retry")).refusal == (409, "approval.closed")


async def test_an_unknown_outcome_leaves_the_request_approved_and_the_work_comes_due_again(
    system: SystemServices,
    asker: Person,
    decider: Caller,
    blaster: Blaster,
    runner: Runner,
    clock: ManualClock,
) -> None:
    approval_id = await ask(system, asker)
    blaster.error = TimeoutError("no answer")
    await decider.post(f"{PATH}/{approval_id}/approve", {})
    await runner.run_once()
    assert await status_of(system, approval_id) is ApprovalStatus.APPROVED

    blaster.error = None
    clock.advance(timedelta(minutes=1))
    await runner.run_once()

    assert await status_of(system, approval_id) is ApprovalStatus.DONE


async def test_unknown_requests_and_malformed_questions_are_refused(decider: Caller) -> None:
    for path in ("approve", "retry", "withdraw"):
        answer = await decider.post(f"{PATH}/404/{path}", {} if path == "approve" else None)
        assert answer.refusal == (404, "approval.not_found")
    assert (await decider.get(f"{PATH}/404")).refusal == (404, "approval.not_found")
    for query in ({"status": "' OR 1=1"}, {"sort": "id; DROP"}, {"requested_by": "0"}, {"action": ""}):
        assert (await decider.get(PATH, query=query)).refusal == (422, "request.invalid")
    for text in ("' OR 1=1 --", "%", "<script>"):
        for name in ("action", "subject"):
            assert (await decider.get(PATH, query={name: text})).body == {"items": [], "total": 0}
    bodies: list[Any] = [{"comment": 5}, {"comment": "x" * 501}, {"comment": "", "decided_by": "7"}, [], None]
    for body in bodies:
        assert (await decider.post(f"{PATH}/1/approve", body)).status == 422


def test_an_action_is_registered_once(system: SystemServices, blaster: Blaster) -> None:
    with pytest.raises(ValueError, match=r"thing\.blow_up"):
        system.approvals.register(
            ApprovalAction("thing.blow_up", "thing:blow-up", "爆破", "Blow up", blaster.carry_out)
        )
    assert system.approvals.names() == ["thing.blow_up"]
