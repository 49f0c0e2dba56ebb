"""Secrets over HTTP: written by people, never given back."""

import json
from typing import Any

import pytest
from sqlalchemy import MetaData, select, text
from tests.http import Caller
from tests.wanpu.system.operations import make_caller
from tests.wanpu.system.people import make_staff

from wanpu.infra.tables import table_of
from wanpu.system.approvals import Approved
from wanpu.system.models import Approval, OperationLog, Secret
from wanpu.system.service.secrets import change_action
from wanpu.system.services import SystemServices

NAME = "CLOUD_STORAGE_CONFIG_KEY/aliyunAccessKeySecret"
URL = f"/platform/v1/secrets/{NAME}"
VALUE = "v3ry-s3cret-阿里云-value"


@pytest.fixture
async def http(console: Caller, system: SystemServices) -> Caller:
    """Somebody who may do everything with secrets."""
    permissions = ["sys:secret:list", "sys:secret:update", "sys:config:list", "sys:config:info"]
    person = await make_staff(system, "keeper", [*permissions, "sys:config:update"])
    return console.with_token(person.token)


async def state(http: Caller) -> dict[str, Any]:
    items = (await http.get("/platform/v1/secrets")).body["items"]
    return next(item for item in items if item["name"] == NAME)


async def test_a_secret_is_set_replaced_and_removed_and_never_shown(
    http: Caller, system: SystemServices
) -> None:
    assert (await state(http))["is_set"] is False

    answer = await http.put(URL, {"secret": VALUE})
    assert (answer.status, answer.body) == (200, {"name": NAME, "status": "changed", "approval_id": None})
    listed = await http.get("/platform/v1/secrets")
    assert VALUE not in json.dumps(listed.body, ensure_ascii=False)
    known = await state(http)
    assert (known["is_set"], known["version"], known["changed_at"]) == (True, 1, "2026-11-22T08:00:00Z")
    assert known["changed_by_name"] == "keeper"
    assert await system.configs.secret(NAME) == VALUE

    await http.put(URL, {"secret": "another"})
    assert (await state(http))["version"] == 2
    assert await system.configs.secret(NAME) == "another"

    assert (await http.delete(URL)).status == 204
    assert (await http.delete(URL)).status == 204
    assert (await state(http))["is_set"] is False
    assert await system.configs.secret(NAME) is None


async def test_every_secret_has_a_title_in_both_languages(http: Caller) -> None:
    known = await state(http)

    titles = (known["title_zh"], known["title_en"])
    assert titles == ("阿里云 AccessKeySecret", "Alibaba Cloud AccessKey secret")


async def test_the_secret_stands_nowhere_in_the_database_in_clear(
    http: Caller, system: SystemServices
) -> None:
    await http.put(URL, {"secret": VALUE})

    async with system.db.reading() as session:
        connection = await session.connection()
        tables = MetaData()
        await connection.run_sync(tables.reflect)
        for table in tables.tables.values():
            for row in await session.execute(select(text("*")).select_from(table)):
                assert VALUE not in str(row), table.name
        logged = (await session.execute(select(table_of(OperationLog)))).all()
    [row] = [row for row in logged if row.operation == "secret.change"]
    assert json.loads(row.params) == {"secret": "***"}
    assert (row.before, row.after) == ({"version": 0}, {"version": 1})


@pytest.mark.requirement("S0-161")
async def test_the_storage_setting_is_hidden_ships_no_credential_and_keeps_its_keys_sealed(
    http: Caller, system: SystemServices
) -> None:
    keys = (await http.get("/platform/v1/config-keys")).body["items"]
    storage = next(key for key in keys if key["param_key"] == "CLOUD_STORAGE_CONFIG_KEY")

    row = (await http.get(f"/platform/v1/configs/{storage['config_id']}")).body
    listed = (await http.get("/platform/v1/configs?size=100")).body["items"]
    assert (row["status"], row["status_name"]) == (0, "hidden")
    assert "CLOUD_STORAGE_CONFIG_KEY" not in [item["param_key"] for item in listed]
    assert not {name.rpartition("/")[2] for name in storage["secrets"]} & set(json.loads(row["param_value"]))
    assert len(storage["secrets"]) == 8
    states = (await http.get("/platform/v1/secrets")).body["items"]
    assert [state["name"] for state in states if state["is_set"]] == []

    for name in storage["secrets"]:
        assert (await http.put(f"/platform/v1/secrets/{name}", {"secret": VALUE})).status == 200
    async with system.db.reading() as session:
        sealed = (await session.execute(select(table_of(Secret).c.sealed))).scalars().all()
    assert len(set(sealed)) == 8
    assert not any(VALUE in one for one in sealed)
    assert {await system.configs.secret(name) for name in storage["secrets"]} == {VALUE}


async def test_a_secret_sealed_for_one_name_does_not_open_as_another(
    http: Caller, system: SystemServices
) -> None:
    other = "CLOUD_STORAGE_CONFIG_KEY/qcloudSecretKey"
    await http.put(URL, {"secret": VALUE})
    secret = table_of(Secret)
    async with system.db.transaction() as session:
        row = (await session.execute(select(secret))).one()
        moved = dict(row._mapping) | {"name": other}
        await session.execute(secret.insert().values(**moved))
    system.configs.forget()

    with pytest.raises(Exception, match="not sealed for"):
        await system.configs.secret(other)


async def test_where_the_policy_asks_for_four_eyes_the_change_waits_for_another(
    http: Caller, console: Caller, system: SystemServices
) -> None:
    system.approvals.register(change_action(system))
    keys = (await http.get("/platform/v1/config-keys")).body["items"]
    policy = next(key for key in keys if key["param_key"] == "APPROVAL_POLICY")
    change = {"version": 1, "param_value": '{"secretChange": true}', "status": 1, "remark": ""}
    assert (await http.put(f"/platform/v1/configs/{policy['config_id']}", change)).status == 200

    waiting = await http.put(URL, {"secret": VALUE, "reason": "轮换"})

    assert (waiting.status, waiting.body["status"]) == (202, "waiting")
    assert (await state(http))["is_set"] is False
    async with system.db.reading() as session:
        request = (await session.execute(select(table_of(Approval)))).one()
    assert VALUE not in str(request)
    assert request.shown == {"name": NAME}

    asked = make_caller(request.requested_by, "keeper")
    approved = Approved(request.id, request.subject, request.params, asked)
    for _ in range(2):
        await system.approvals.get("secret.change").carry_out(approved)

    assert await system.configs.secret(NAME) == VALUE
    assert (await state(http))["version"] == 1


MALFORMED: list[dict[str, Any]] = [
    {},
    {"secret": ""},
    {"secret": "   "},
    {"secret": "x" * 8001},
    {"secret": 1},
    {"secret": "x", "y": 1},
]


async def test_a_malformed_secret_is_refused_and_not_repeated(http: Caller) -> None:
    for body in MALFORMED:
        answer = await http.put(URL, body)
        assert answer.refusal == (422, "request.invalid"), body
        assert "xxx" not in json.dumps(answer.body)

    assert (await state(http))["is_set"] is False


async def test_only_names_that_the_mall_asks_for_are_taken(http: Caller) -> None:
    for name in ("ANYTHING", "CLOUD_STORAGE_CONFIG_KEY/type", "CLOUD_STORAGE_CONFIG_KEY", "a/../b"):
        answer = await http.put(f"/platform/v1/secrets/{name}", {"secret": "x"})
        assert answer.refusal == (404, "secret.unknown"), name
        assert (await http.delete(f"/platform/v1/secrets/{name}")).refusal == (404, "secret.unknown")


async def test_no_route_reads_a_secret_and_each_act_takes_its_permission(
    http: Caller, console: Caller, system: SystemServices
) -> None:
    assert (await http.get(URL)).status in (404, 405)
    looker = console.with_token((await make_staff(system, "looker", ["sys:secret:list"])).token)
    writer = console.with_token((await make_staff(system, "writer", ["sys:secret:update"])).token)

    assert (await looker.put(URL, {"secret": "x"})).refusal == (403, "auth.forbidden")
    assert (await looker.delete(URL)).refusal == (403, "auth.forbidden")
    assert (await writer.get("/platform/v1/secrets")).refusal == (403, "auth.forbidden")
    assert (await state(http))["is_set"] is False
