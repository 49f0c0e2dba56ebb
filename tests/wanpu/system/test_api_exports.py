"""Exports over HTTP: who may ask for which list, what comes of it, and what is refused."""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from tests.http import Caller, room_app, serving
from tests.wanpu.system.doors import changed
from tests.wanpu.system.exports import (
    EXPORTS,
    LINK_OF,
    ask_for,
    file_of,
    read_csv,
    stored_export,
    stored_parts,
    write_all,
)
from tests.wanpu.system.operations import make_caller, write_operations
from tests.wanpu.system.people import Person, make_administrator, make_staff

from wanpu.infra.due_work_runner import Runner
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import Id
from wanpu.system.api import ROUTERS
from wanpu.system.jobs import due_work_handlers
from wanpu.system.models import ListExport, LoginLog, Menu, OperationLog, Staff
from wanpu.system.queries import access
from wanpu.system.service import export_runs, exports
from wanpu.system.services import SystemServices
from wanpu.system.states import ExportStatus, LoginEvent, StaffStatus

LISTS = ["sys:log:list", "sys:loginlog:list", "sys:user:list", "sys:schedule:log"]


@pytest.fixture
async def nobody(system: SystemServices) -> AsyncIterator[Caller]:
    app = room_app(system, ROUTERS)
    app.state.system = system
    async with serving(app) as caller:
        yield caller


@pytest.fixture
async def clerk(system: SystemServices) -> Person:
    return await make_staff(system, "clerk", LISTS)


@pytest.fixture
async def http(nobody: Caller, clerk: Person) -> Caller:
    return nobody.with_token(clerk.token)


def with_limit(system: SystemServices, rows: int) -> SystemServices:
    return changed(system, settings=system.settings.model_copy(update={"export_max_rows": rows}))


@contextlib.asynccontextmanager
async def limited(system: SystemServices, rows: int) -> AsyncIterator[Caller]:
    """A node whose exports may have a few rows only."""
    app = room_app(system, ROUTERS)
    app.state.system = with_limit(system, rows)
    async with serving(app) as caller:
        yield caller


async def take_rights(system: SystemServices, person: Person) -> None:
    async with system.db.transaction() as session:
        menu = await session.get_one(Menu, person.role_id)
        menu.perms = "a:b"
        await access.renew_epoch(session)


async def test_an_export_holds_what_the_filters_let_through_in_the_lists_order(
    http: Caller, system: SystemServices, clock: ManualClock
) -> None:
    await write_operations(system, 3, operation="thing.create")
    clock.advance(timedelta(minutes=1))
    await write_operations(system, 2, operation="thing.delete", caller=make_caller(6, "wang 🛒"))

    asked = await ask_for(http, filters={"operation": "thing.create", "username": ""}, order="asc")
    assert (asked.status, asked.body["status"], asked.body["rows_total"]) == (202, "waiting", 3)
    assert (asked.body["title_zh"], asked.body["title_en"]) == ("系统日志", "System log")
    await write_all(system)

    done = await http.get(f"{EXPORTS}/{asked.body['export_id']}")
    assert (done.body["status"], done.body["rows_done"], done.body["error_code"]) == ("done", 3, "")
    assert done.body["expires_at"] == "2026-11-29T08:01:00Z"
    content = await file_of(http, asked.body["export_id"])
    assert content.startswith(b"\xef\xbb\xbf")
    assert len(content) == done.body["size_bytes"]
    titles, *rows = read_csv(content)
    assert titles[:6] == ["Number", "Time", "Account", "Merchant", "Operation", "Subject"]
    assert [row[5] for row in rows] == ["thing:1", "thing:2", "thing:3"]
    assert rows[0][1] == "2026-11-22 16:00:00"
    assert await stored_parts(system) == []

    other = await ask_for(http, filters={"username": "wang 🛒"})
    await write_all(system)
    [_, first, second] = read_csv(await file_of(http, other.body["export_id"]))
    assert (first[2], first[5], second[5]) == ("wang 🛒", "thing:2", "thing:1")


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_every_row_stands_once_however_many_pages_and_equal_values_there_are(
    http: Caller, system: SystemServices, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some accounts never signed in, and several did at the same moment."""
    monkeypatch.setattr(export_runs, "PAGE_ROWS", 2)
    monkeypatch.setattr(export_runs, "PAGES_A_TURN", 2)
    admin = http.with_token((await make_administrator(system)).token)
    people = [await make_staff(system, f"person{number}") for number in range(7)]
    async with system.db.transaction() as session:
        for number, person in enumerate(people[:4]):
            moment = system.clock.now() + timedelta(hours=number // 2)
            await session.execute(
                update(Staff).where(Staff.user_id == person.staff_id).values(last_login_at=moment)
            )

    asked = await ask_for(admin, "staff", sort="last_login_at", order=order)
    await write_all(system)

    _titles, *rows = read_csv(await file_of(admin, asked.body["export_id"]))
    names = [row[1] for row in rows]
    signed_in = ["person0", "person1", "person2", "person3"]
    never = ["person4", "person5", "person6"]
    assert sorted(names) == sorted(["admin", "clerk", *signed_in, *never])
    assert names[:4] == (signed_in if order == "asc" else signed_in[::-1])


@pytest.mark.parametrize(
    ("kind", "sort", "own"),
    [
        ("operation_log", "time", "created_at"),
        ("login_log", "ip", "created_at"),
        ("login_log", "username", "created_at"),
        ("job_log", "times", "log_id"),
    ],
)
async def test_an_order_that_no_index_helps_with_becomes_the_lists_own_and_the_answer_says_so(
    http: Caller, kind: str, sort: str, own: str
) -> None:
    asked = await ask_for(http, kind, sort=sort, order="asc")
    kept = await ask_for(http, kind, sort=own, order="asc")

    assert (asked.status, asked.body["sort"], asked.body["order"]) == (202, own, "desc")
    assert (kept.status, kept.body["sort"], kept.body["order"]) == (202, own, "asc")


async def test_every_order_of_a_list_is_that_of_its_page(
    http: Caller, system: SystemServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_runs, "PAGE_ROWS", 2)
    admin = http.with_token((await make_administrator(system)).token)
    for number, name in enumerate(("bo", "Bo", "an", "cy", "Zed")):
        status = StaffStatus.NORMAL if number % 2 else StaffStatus.DISABLED
        await make_staff(system, name, status=status)

    for sort in ("username", "status", "created_at"):
        for order in ("asc", "desc"):
            asked = await ask_for(admin, "staff", sort=sort, order=order)
            await write_all(system)
            _titles, *rows = read_csv(await file_of(admin, asked.body["export_id"]))
            page = await admin.get("/platform/v1/staff", query={"sort": sort, "order": order})
            assert [row[1] for row in rows] == [item["username"] for item in page.body["items"]], sort


async def test_formulas_and_contacts_are_harmless_in_the_file(
    http: Caller, system: SystemServices, clerk: Person
) -> None:
    made = await make_staff(system, "=cmd|' /C calc'!A0", created_by=clerk.staff_id)
    async with system.db.transaction() as session:
        values = {"mobile": "13800138000", "email": "zhang.wei@example.cn"}
        await session.execute(update(Staff).where(Staff.user_id == made.staff_id).values(**values))

    asked = await ask_for(http, "staff")
    await write_all(system)

    [_titles, row] = read_csv(await file_of(http, asked.body["export_id"]))
    assert row[1] == "'=cmd|' /C calc'!A0"
    assert row[3] == "138****8000"
    assert "zhang.wei" not in row[2]
    assert row[4] == "Normal"


async def test_login_and_job_logs_are_exported_too(http: Caller, system: SystemServices) -> None:
    async with system.db.transaction() as session:
        session.add(
            LoginLog(
                username="li",
                event=LoginEvent.REFUSED,
                reason="staff.locked",
                is_success=0,
                ip="10.0.0.1",
                user_agent="-2+3",
                created_at=system.clock.now(),
            )
        )

    logins = await ask_for(http, "login_log", filters={"event": "refused"})
    runs = await ask_for(http, "job_log", filters={"status": "1"})
    await write_all(system)

    [_, row] = read_csv(await file_of(http, logins.body["export_id"]))
    assert row[1:] == ["li", "", "Refused", "No", "staff.locked", "10.0.0.1", "'-2+3"]
    [titles] = read_csv(await file_of(http, runs.body["export_id"]))
    assert titles[2:4] == ["Job", "Result"]


async def test_a_list_is_exported_by_those_alone_who_may_see_it(
    nobody: Caller, system: SystemServices
) -> None:
    may_not = nobody.with_token((await make_staff(system, "may_not", LISTS[1:])).token)
    fresh = await make_staff(system, "fresh", LISTS, must_change_password=True)
    seller = nobody.with_token(
        (await make_staff(system, "seller", [*LISTS, "merchant:staff:list"], merchant_id=Id(7))).token
    )

    assert (await ask_for(nobody)).refusal == (401, "auth.required")
    assert (await ask_for(may_not)).refusal == (403, "auth.forbidden")
    assert (await ask_for(seller)).refusal == (403, "auth.forbidden")
    assert (await ask_for(may_not, "merchant_staff")).refusal == (403, "auth.forbidden")
    assert (await ask_for(nobody.with_token(fresh.token))).refusal == (403, "auth.password_change_required")
    assert (await ask_for(may_not, "secrets")).refusal == (422, "export.kind_unknown")
    assert (await may_not.get(EXPORTS)).body == {"items": []}


async def test_a_merchants_staff_get_rows_of_their_merchant_alone(
    nobody: Caller, system: SystemServices
) -> None:
    person = await make_staff(system, "owner", ["merchant:staff:list"], merchant_id=Id(7))
    await make_staff(system, "own_clerk", merchant_id=Id(7))
    await make_staff(system, "others_clerk", merchant_id=Id(8))
    await make_staff(system, "operator")
    owner = nobody.with_token(person.token)

    refused = await ask_for(owner, "merchant_staff", filters={"merchant_id": "8"})
    asked = await ask_for(owner, "merchant_staff", sort="username", order="asc")
    await write_all(system)

    assert refused.refusal == (422, "export.filters_invalid")
    _titles, *rows = read_csv(await file_of(owner, asked.body["export_id"]))
    assert [row[1] for row in rows] == ["own_clerk", "owner"]


async def test_nobody_else_sees_fetches_cancels_or_removes_an_export(
    http: Caller, nobody: Caller, system: SystemServices
) -> None:
    admin = nobody.with_token((await make_administrator(system)).token)
    asked = await ask_for(http)
    export_id = asked.body["export_id"]
    path = f"{EXPORTS}/{export_id}"

    for stranger in (admin, nobody.with_token((await make_staff(system, "other", LISTS)).token)):
        assert (await stranger.get(path)).refusal == (404, "export.not_found")
        assert (await stranger.get(LINK_OF.format(export_id))).refusal == (404, "export.not_found")
        assert (await stranger.post(f"{path}/cancel")).refusal == (404, "export.not_found")
        assert (await stranger.delete(path)).refusal == (404, "export.not_found")
        assert (await stranger.get(EXPORTS)).body == {"items": []}
    await write_all(system)
    file_id = (await stored_export(system, export_id)).file_id

    may_see_files = nobody.with_token((await make_staff(system, "files", ["sys:oss:all"])).token)
    assert (await may_see_files.get("/platform/v1/files")).body["total"] == 0
    assert (await may_see_files.get(f"/platform/v1/files/{file_id}")).refusal == (404, "file.not_found")
    assert (await may_see_files.delete(f"/platform/v1/files/{file_id}")).refusal == (404, "file.not_found")
    assert (await nobody.get(f"/files/p/{file_id}")).refusal == (403, "file.link_invalid")
    _titles, *rows = read_csv(await file_of(http, export_id))
    assert [row[5] for row in rows] == [f"export:{export_id}"]


async def test_a_link_to_the_file_expires(http: Caller, system: SystemServices, clock: ManualClock) -> None:
    asked = await ask_for(http)
    assert (await http.get(LINK_OF.format(asked.body["export_id"]))).refusal == (409, "export.has_no_file")
    await write_all(system)
    link = await http.get(LINK_OF.format(asked.body["export_id"]))
    assert link.body["expires_at"] == "2026-11-22T08:10:00Z"

    clock.advance(timedelta(minutes=10))

    assert (await http.get(link.body["url"])).refusal == (403, "file.link_expired")


@pytest.mark.parametrize("loss", ["permission", "status", "account"])
async def test_whoever_loses_the_right_meanwhile_gets_no_file(
    http: Caller, system: SystemServices, clerk: Person, loss: str
) -> None:
    await write_operations(system, 2)
    asked = await ask_for(http)
    if loss == "permission":
        await take_rights(system, clerk)
    async with system.db.transaction() as session:
        staff = await session.get_one(Staff, clerk.staff_id)
        if loss == "status":
            staff.status = StaffStatus.DISABLED
        elif loss == "account":
            await session.delete(staff)

    await write_all(system)

    found = await stored_export(system, asked.body["export_id"])
    assert (found.status, found.error_code) == (ExportStatus.FAILED, "export.not_allowed")
    assert (found.file_id, await stored_parts(system)) == (None, [])


async def test_whoever_loses_the_right_afterwards_gets_no_link(
    http: Caller, system: SystemServices, clerk: Person
) -> None:
    asked = await ask_for(http)
    await write_all(system)
    await take_rights(system, clerk)

    assert (await http.get(LINK_OF.format(asked.body["export_id"]))).refusal == (403, "auth.forbidden")


async def test_the_file_of_a_list_that_this_version_has_not_is_refused_by_name(
    http: Caller, system: SystemServices
) -> None:
    finished = await ask_for(http)
    await write_all(system)
    going = await ask_for(http)
    async with system.db.transaction() as session:
        await session.execute(update(ListExport).values(kind="coupon"))
    await write_all(system)

    link = await http.get(LINK_OF.format(finished.body["export_id"]))

    assert link.refusal == (409, "export.list_gone")
    assert (await stored_export(system, going.body["export_id"])).error_code == "export.list_gone"
    listed = (await http.get(EXPORTS)).body["items"]
    assert [one["title_en"] for one in listed] == ["coupon", "coupon"]
    assert (await http.delete(f"{EXPORTS}/{finished.body['export_id']}")).status == 204


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        ({"filters": {"password": "x"}}, "password"),
        ({"filters": {"since": "yesterday"}}, "since"),
        ({"filters": {"username": 7}}, "username"),
        ({"filters": {"username": "x" * 129}}, "username"),
        ({"sort": "password"}, "sort"),
    ],
)
async def test_filters_and_orders_that_the_list_has_not_are_refused(
    http: Caller, system: SystemServices, ask: dict[str, object], field: str
) -> None:
    answer = await ask_for(http, **ask)

    assert answer.refusal == (422, "export.filters_invalid")
    assert answer.bad_fields == {field}
    assert (await http.get(EXPORTS)).body == {"items": []}


@pytest.mark.parametrize(
    "ask",
    [
        {"filters": {"username": ["li"]}},
        {"filters": {f"name{number}": "x" for number in range(21)}},
        {"filters": {"username": "x" * 201}},
        {"order": "sideways"},
        {"rows": 5},
    ],
)
async def test_a_malformed_request_is_refused(http: Caller, ask: dict[str, object]) -> None:
    assert (await ask_for(http, **ask)).refusal == (422, "request.invalid")


async def test_text_of_an_attack_as_a_filter_finds_nothing(http: Caller, system: SystemServices) -> None:
    await write_operations(system, 2)

    asked = await ask_for(http, filters={"username": "' OR 1=1 --"})
    await write_all(system)

    assert len(read_csv(await file_of(http, asked.body["export_id"]))) == 1


async def test_the_same_request_gives_the_same_export_while_it_goes_on(
    http: Caller, system: SystemServices
) -> None:
    first = await ask_for(http, filters={"username": "li"})
    again = await ask_for(http, filters={"username": "li"})
    other = await ask_for(http, filters={"username": "wang"})
    await write_all(system)
    later = await ask_for(http, filters={"username": "li"})

    assert again.body == first.body
    assert len({first.body["export_id"], other.body["export_id"], later.body["export_id"]}) == 3
    listed = await http.get(EXPORTS)
    assert [one["status"] for one in listed.body["items"]] == ["waiting", "done", "done"]
    async with system.db.reading() as session:
        kinds = (
            await session.execute(select(OperationLog.after).where(OperationLog.operation == "export.create"))
        ).scalars()
        assert [after["filters"]["username"] for after in kinds] == ["li", "wang", "li"]


async def test_an_account_has_three_exports_at_once_and_fifty_in_all(
    http: Caller,
    nobody: Caller,
    system: SystemServices,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(3):
        assert (await ask_for(http, filters={"username": f"li{number}"})).status == 202
    refused = await ask_for(http, filters={"username": "li3"})
    assert refused.refusal == (429, "export.too_many")
    assert refused.body["details"] == {"running": 3, "kept": 3}
    other = nobody.with_token((await make_staff(system, "other", LISTS)).token)
    assert (await ask_for(other)).status == 202

    await write_all(system)
    clock.advance(export_runs.LATER)  # A process writes two at once; the others come due again.
    await write_all(system)
    monkeypatch.setattr(exports, "KEPT_AT_ONCE", 3)
    assert (await ask_for(http)).refusal == (429, "export.too_many")
    [newest, *_] = (await http.get(EXPORTS)).body["items"]
    assert (await http.delete(f"{EXPORTS}/{newest['export_id']}")).status == 204
    assert (await ask_for(http)).status == 202


async def test_a_list_that_is_too_long_is_refused_at_once(http: Caller, system: SystemServices) -> None:
    await write_operations(system, 4)
    async with limited(system, 3) as short:
        caller = short.with_token(http.token)

        refused = await ask_for(caller)

        assert refused.refusal == (422, "export.too_many_rows")
        assert refused.body["details"] == {"limit": 3}
        assert (await ask_for(caller, filters={"subject": "thing:1"})).status == 202


async def test_rows_are_counted_only_for_an_export_that_may_begin(
    http: Caller, system: SystemServices
) -> None:
    first = await ask_for(http, filters={"username": "li"})
    await write_operations(system, 4)
    async with limited(system, 3) as short:
        caller = short.with_token(http.token)
        again = await ask_for(caller, filters={"username": "li"})
        assert (again.status, again.body["export_id"]) == (202, first.body["export_id"])

        for number in range(2):
            await ask_for(http, filters={"username": f"wang{number}"})
        assert (await ask_for(caller)).refusal == (429, "export.too_many")


async def test_a_list_that_grows_too_long_meanwhile_fails_by_name(
    http: Caller, system: SystemServices
) -> None:
    asked = await ask_for(http)
    await write_operations(system, 4)

    await write_all(with_limit(system, 3))

    found = await stored_export(system, asked.body["export_id"])
    assert (found.status, found.error_code) == (ExportStatus.FAILED, "export.too_many_rows")


async def test_a_file_that_grows_too_large_fails_by_name(
    http: Caller, system: SystemServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_runs, "MAX_BYTES", 100)
    asked = await ask_for(http)

    await write_all(system)

    assert (await stored_export(system, asked.body["export_id"])).error_code == "export.too_large"


async def test_an_export_that_was_cancelled_writes_nothing_more(
    http: Caller, system: SystemServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_runs, "PAGE_ROWS", 2)
    monkeypatch.setattr(export_runs, "PAGES_A_TURN", 1)
    await write_operations(system, 5)
    asked = await ask_for(http)
    path = f"{EXPORTS}/{asked.body['export_id']}"
    await Runner(system, due_work_handlers(system)).run_once()
    going = await http.get(path)
    assert (going.body["status"], going.body["rows_done"]) == ("running", 2)
    assert (await http.delete(path)).refusal == (409, "export.not_over")

    cancelled = await http.post(f"{path}/cancel")
    await write_all(system)

    assert (cancelled.status, cancelled.body["status"]) == (200, "cancelled")
    assert (await http.get(path)).body["rows_done"] == 2
    assert await stored_parts(system) == []
    assert (await http.post(f"{path}/cancel")).refusal == (409, "export.over")
    assert (await http.delete(path)).status == 204
    assert (await http.get(path)).refusal == (404, "export.not_found")
