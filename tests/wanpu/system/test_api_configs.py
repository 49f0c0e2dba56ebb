"""Settings over HTTP: permissions, versions, history, and what is refused."""

import asyncio
import json
from typing import Any

import pytest
from tests.http import Caller
from tests.wanpu.system.people import make_staff

from wanpu.system.services import SystemServices

EVERYTHING = [f"sys:config:{act}" for act in ("list", "info", "save", "update", "delete")]
URL = "/platform/v1/configs"
INJECTIONS = ["' OR 1=1 --", "x'; DROP TABLE sys_config; --", "\\", "<script>", "100%_"]


@pytest.fixture
async def http(console: Caller, system: SystemServices) -> Caller:
    """Somebody who may do everything with settings, and also read the log."""
    person = await make_staff(system, "operator", [*EVERYTHING, "sys:log:list"])
    return console.with_token(person.token)


async def add(http: Caller, key: str, value: str = "1", **more: Any) -> dict[str, Any]:
    answer = await http.post(URL, {"param_key": key, "param_value": value, **more})
    assert answer.status == 201, answer.body
    return answer.body


async def keys_of(http: Caller, **query: str) -> list[str]:
    answer = await http.get(URL, query=query)
    assert answer.status == 200
    return [item["param_key"] for item in answer.body["items"]]


async def storage_id(http: Caller) -> str:
    keys = (await http.get("/platform/v1/config-keys")).body["items"]
    return next(key["config_id"] for key in keys if key["param_key"] == "CLOUD_STORAGE_CONFIG_KEY")


async def test_a_setting_is_made_read_changed_and_removed(http: Caller) -> None:
    made = await add(http, "site.notice", "欢迎 😀", remark="首页")
    assert (made["version"], made["status_name"], made["is_registered"]) == (1, "shown", False)
    url = f"{URL}/{made['config_id']}"

    change = {"version": 1, "param_value": "再见", "status": 1, "remark": ""}
    changed = await http.put(url, change)
    assert (changed.status, changed.body["version"], changed.body["param_value"]) == (200, 2, "再见")
    assert (await http.get(url)).body == changed.body
    assert await keys_of(http, param_key="notice") == ["site.notice"]

    assert (await http.delete(f"{url}?version=2")).status == 204
    assert (await http.get(url)).refusal == (404, "config.not_found")
    assert await keys_of(http, param_key="notice") == []


@pytest.mark.requirement("S0-123")
async def test_hidden_settings_stand_in_no_list_and_are_read_by_their_id(http: Caller) -> None:
    hidden = await add(http, "site.hidden", status=0)

    assert "site.hidden" not in await keys_of(http, size="100")
    assert "CLOUD_STORAGE_CONFIG_KEY" not in await keys_of(http, size="100")
    assert (await http.get(f"{URL}/{hidden['config_id']}")).body["param_key"] == "site.hidden"
    storage = (await http.get(f"{URL}/{await storage_id(http)}")).body
    assert (storage["status"], storage["is_registered"]) == (0, True)
    assert json.loads(storage["param_value"])["type"] == 0
    assert not [name for name in json.loads(storage["param_value"]) if "ecret" in name or "AccessKey" in name]

    shown = {"version": 1, "param_value": "1", "status": 1, "remark": ""}
    await http.put(f"{URL}/{hidden['config_id']}", shown)
    assert "site.hidden" in await keys_of(http, size="100")


async def test_of_two_changes_to_one_version_one_is_refused(http: Caller) -> None:
    made = await add(http, "race")
    url = f"{URL}/{made['config_id']}"

    answers = await asyncio.gather(
        *(
            http.put(url, {"version": 1, "param_value": value, "status": 1, "remark": ""})
            for value in ("a", "b", "c", "d")
        )
    )

    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]
    refused = next(answer for answer in answers if answer.status == 409)
    assert refused.refusal == (409, "config.stale")
    assert refused.body["details"] == {"version": 2}
    [kept] = [answer.body["param_value"] for answer in answers if answer.status == 200]
    assert (await http.get(url)).body["param_value"] == kept
    assert (await http.delete(f"{url}?version=1")).refusal == (409, "config.stale")
    history = (await http.get(f"{url}/history")).body
    assert [item["version"] for item in history["items"]] == [2, 1]


async def test_of_two_settings_of_one_key_one_is_refused(http: Caller) -> None:
    answers = await asyncio.gather(
        *(http.post(URL, {"param_key": "same", "param_value": str(number)}) for number in range(4))
    )

    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409]
    assert {answer.body["code"] for answer in answers if answer.status == 409} == {"config.key_taken"}
    assert await keys_of(http, param_key="same") == ["same"]


async def test_an_earlier_version_comes_back_and_deletion_keeps_the_history(
    http: Caller, system: SystemServices
) -> None:
    made = await add(http, "greeting", "one", remark="r1")
    url = f"{URL}/{made['config_id']}"
    await http.put(url, {"version": 1, "param_value": "two", "status": 0, "remark": "r2"})

    stale = await http.post(f"{url}/rollback", {"version": 1, "current_version": 1})
    assert stale.refusal == (409, "config.stale")
    unknown = await http.post(f"{url}/rollback", {"version": 9, "current_version": 2})
    assert unknown.refusal == (404, "config.version_not_found")
    back = await http.post(f"{url}/rollback", {"version": 1, "current_version": 2})
    assert (back.body["version"], back.body["param_value"], back.body["remark"]) == (3, "one", "r1")
    assert back.body["status"] == 1

    assert (await http.delete(f"{url}?version=3")).status == 204
    history = (await http.get(f"{url}/history?size=2")).body
    assert history["total"] == 4
    assert [(item["version"], item["change"]) for item in history["items"]] == [
        (4, "deleted"),
        (3, "rolled_back"),
    ]
    assert {item["changed_by_name"] for item in history["items"]} == {"operator"}
    assert (await http.post(f"{url}/rollback", {"version": 1, "current_version": 4})).status == 404
    again = await add(http, "greeting", "new")
    assert again["config_id"] != made["config_id"]


async def test_the_first_version_of_an_installation_has_nobody_behind_it(http: Caller) -> None:
    history = (await http.get(f"{URL}/{await storage_id(http)}/history")).body

    [first] = history["items"]
    assert (first["change"], first["changed_by"], first["changed_by_name"]) == ("created", None, None)


async def test_every_write_stands_in_the_operation_log_with_before_and_after(http: Caller) -> None:
    made = await add(http, "logged", "one")
    subject = f"config:{made['config_id']}"
    url = f"{URL}/{made['config_id']}"
    await http.put(url, {"version": 1, "param_value": "two", "status": 1, "remark": ""})
    await http.post(f"{url}/rollback", {"version": 1, "current_version": 2})
    await http.delete(f"{url}?version=3")

    rows = (await http.get("/platform/v1/logs", query={"subject": subject, "order": "asc"})).body["items"]
    assert [row["operation"] for row in rows] == [
        "config.create",
        "config.change",
        "config.roll_back",
        "config.delete",
    ]
    detail = (await http.get(f"/platform/v1/logs/{rows[1]['log_id']}")).body
    assert (detail["before"]["param_value"], detail["after"]["param_value"]) == ("one", "two")


async def test_each_act_takes_its_own_permission(
    console: Caller, http: Caller, system: SystemServices
) -> None:
    made = await add(http, "guarded")
    url = f"{URL}/{made['config_id']}"
    change = {"version": 1, "param_value": "2", "status": 1, "remark": ""}
    calls = {
        "sys:config:list": ("GET", URL, None),
        "sys:config:info": ("GET", f"{url}/history", None),
        "sys:config:save": ("POST", URL, {"param_key": "another", "param_value": "1"}),
        "sys:config:update": ("PUT", url, change),
        "sys:config:delete": ("DELETE", f"{url}?version=1", None),
    }

    for number, (permission, (method, path, body)) in enumerate(calls.items()):
        others = [one for one in EVERYTHING if one != permission]
        lacking = await make_staff(system, f"lacking-{number}", others)
        refused = await console.with_token(lacking.token).send(method, path, body)
        assert refused.refusal == (403, "auth.forbidden"), permission
        assert refused.body["details"] == {"permission": permission}

    assert (await http.get(url)).body["version"] == 1
    assert await keys_of(http, param_key="another") == []


async def test_a_key_that_code_reads_takes_only_values_of_its_shape(http: Caller) -> None:
    url = f"{URL}/{await storage_id(http)}"
    before = (await http.get(url)).body
    spoilt = {
        "no json": "{",
        "unknown field": '{"type": 0, "colour": 1}',
        "a credential": '{"type": 0, "qiniuSecretKey": "x"}',
        "wrong type": '{"type": "1"}',
        "no such kind": '{"type": 9}',
        "incomplete": '{"type": 2, "aliyunBucketName": "shop"}',
        "an address with a path": '{"type": 0, "s3EndPoint": "http://h/x?y"}',
        "a path that climbs": '{"type": 0, "s3Prefix": "../x"}',
        "a list": "[]",
    }

    for name, value in spoilt.items():
        change = {"version": 1, "param_value": value, "status": 0, "remark": ""}
        assert (await http.put(url, change)).refusal == (422, "config.value_invalid"), name
    assert (await http.get(url)).body == before


MALFORMED: list[dict[str, Any]] = [
    {"param_key": "k"},
    {"param_key": "", "param_value": "1"},
    {"param_key": "k" * 51, "param_value": "1"},
    {"param_key": "a b", "param_value": "1"},
    {"param_key": "k'--", "param_value": "1"},
    {"param_key": "钥", "param_value": "1"},
    {"param_key": "k\n", "param_value": "1"},
    {"param_key": "k", "param_value": "x" * 2001},
    {"param_key": "k", "param_value": 1},
    {"param_key": "k", "param_value": "1", "remark": "x" * 501},
    {"param_key": "k", "param_value": "1", "status": 2},
    {"param_key": "k", "param_value": "1", "status": True},
    {"param_key": "k", "param_value": "1", "id": "1"},
]


async def test_a_malformed_setting_is_refused(http: Caller) -> None:
    before = await keys_of(http, size="100")

    for body in MALFORMED:
        assert (await http.post(URL, body)).refusal == (422, "request.invalid"), body

    assert await keys_of(http, size="100") == before


async def test_text_of_an_attack_finds_nothing_and_changes_nothing(http: Caller) -> None:
    await add(http, "safe", INJECTIONS[0], remark="r")
    before = await keys_of(http, size="100")

    for text in INJECTIONS:
        for name in ("param_key", "remark"):
            assert await keys_of(http, **{name: text}) == [], text
        for name in ("sort", "order", "page", "size"):
            assert (await http.get(URL, query={name: text})).refusal == (422, "request.invalid"), text
    assert await keys_of(http, size="100") == before


async def test_ids_that_are_none_are_refused(http: Caller) -> None:
    for config_id in ("0", "-1", "abc", "1e3", "99999999999999999999", "1;DROP"):
        assert (await http.get(f"{URL}/{config_id}")).refusal == (422, "request.invalid"), config_id
    for path in ("", "/history"):
        assert (await http.get(f"{URL}/4242424242{path}")).refusal == (404, "config.not_found")
    assert (await http.delete(f"{URL}/4242424242?version=1")).refusal == (404, "config.not_found")
    assert (await http.delete(f"{URL}/4242424242")).refusal == (422, "request.invalid")
