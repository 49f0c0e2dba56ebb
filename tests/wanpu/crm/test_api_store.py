"""Shoppers' routes of the CRM room over HTTP: shapes, refusals, and who sees what."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.builders import PASSWORD, make_address, make_member, make_merchant
from tests.http import Caller
from tests.wanpu.system.storage import choose_storage

from wanpu.crm.models import Member, MemberAddress
from wanpu.crm.states import MerchantStatus
from wanpu.infra.services import Services
from wanpu.infra.sign_in.throttle import count_try
from wanpu.kernel.clock import ManualClock
from wanpu.system import SystemServices
from wanpu.system.storage_settings import StorageKind

REGISTRATION = {"username": "li", "mobile": "13800138000", "password": PASSWORD, "email": "li@mail.cn"}
ADDRESS = {
    "recv_name": "张三",
    "recv_tel": "13800138000",
    "recv_province": "浙江省",
    "recv_city": "杭州市",
    "recv_area": "西湖区",
    "recv_addr": "文三路 1 号",
    "recv_post_code": "310000",
    "is_default": False,
}
MEMBERS_ONLY = [
    ("POST", "/store/v1/auth/logout"),
    ("GET", "/store/v1/me"),
    ("PATCH", "/store/v1/me"),
    ("GET", "/store/v1/addresses"),
    ("POST", "/store/v1/addresses"),
    ("GET", "/store/v1/addresses/1"),
    ("PATCH", "/store/v1/addresses/1"),
    ("DELETE", "/store/v1/addresses/1"),
]


async def count_rows(services: Services, model: type[Any]) -> int:
    async with services.db.reading() as session:
        return (await session.execute(select(func.count()).select_from(model))).scalar_one()


async def test_registering_answers_a_session_and_the_member_with_a_masked_number(http: Caller) -> None:
    answer = await http.post("/store/v1/auth/register", REGISTRATION)

    assert answer.status == 201
    member_id = answer.body["member"]["member_id"]
    assert isinstance(member_id, str)
    assert answer.body == {
        "token": answer.body["token"],
        "expires_at": "2026-12-22T08:00:00Z",
        "member": {
            "member_id": member_id,
            "username": "li",
            "nickname": "li",
            "mobile": "138****8000",
            "email": "li@mail.cn",
            "photo_url": None,
        },
    }
    me = await http.with_token(answer.body["token"]).get("/store/v1/me")
    assert (me.status, me.body) == (200, answer.body["member"])


async def test_signing_in_answers_another_session_of_the_same_member(http: Caller) -> None:
    registered = await http.post("/store/v1/auth/register", REGISTRATION)

    by_name = await http.post("/store/v1/auth/login", {"account": "li", "password": PASSWORD})
    by_mobile = await http.post("/store/v1/auth/login", {"account": "13800138000", "password": PASSWORD})

    assert (by_name.status, by_mobile.status) == (200, 200)
    assert by_name.body["member"] == by_mobile.body["member"] == registered.body["member"]
    assert len({registered.body["token"], by_name.body["token"], by_mobile.body["token"]}) == 3


async def test_a_taken_name_or_number_is_a_conflict(http: Caller, services: Services) -> None:
    await http.post("/store/v1/auth/register", REGISTRATION)

    same_name = await http.post("/store/v1/auth/register", REGISTRATION | {"mobile": "13800138001"})
    same_mobile = await http.post("/store/v1/auth/register", REGISTRATION | {"username": "lei"})

    assert same_name.refusal == (409, "member.username_taken")
    assert same_mobile.refusal == (409, "member.mobile_taken")
    assert await count_rows(services, Member) == 1


BAD_REGISTRATIONS: list[tuple[dict[str, Any], set[str]]] = [
    ({"username": "a"}, {"username"}),
    ({"username": "a" * 51}, {"username"}),
    ({"username": "li lei"}, {"username"}),
    ({"username": "13900139000"}, {"username"}),
    ({"username": 7}, {"username"}),
    ({"username": None}, {"username"}),
    ({"mobile": "1380013800"}, {"mobile"}),
    ({"mobile": 13800138000}, {"mobile"}),
    ({"mobile": "23800138000"}, {"mobile"}),
    ({"password": ""}, {"password"}),
    ({"password": "x" * 129}, {"password"}),
    ({"password": 12345678}, {"password"}),
    ({"email": "no address"}, {"email"}),
    ({"username": "a", "mobile": "1", "email": "x"}, {"username", "mobile", "email"}),
    ({"member_id": "1"}, {"member_id"}),
    ({"status": 1}, {"status"}),
]


@pytest.mark.requirement("S2-076")
async def test_each_bad_field_of_a_registration_is_named_and_nobody_is_registered(
    http: Caller, services: Services
) -> None:
    for changes, fields in BAD_REGISTRATIONS:
        answer = await http.post("/store/v1/auth/register", REGISTRATION | changes)

        assert answer.refusal == (422, "request.invalid"), changes
        assert answer.bad_fields == fields, changes
        assert set(answer.body) == {"code", "message", "details", "request_id"}
    for missing in ("username", "mobile", "password"):
        body = {name: value for name, value in REGISTRATION.items() if name != missing}
        assert (await http.post("/store/v1/auth/register", body)).bad_fields == {missing}
    assert await count_rows(services, Member) == 0


@pytest.mark.requirement("S2-062")
async def test_the_problem_of_a_field_is_told_in_the_callers_language(http: Caller) -> None:
    body = REGISTRATION | {"mobile": "23800138000"}

    chinese = await http.post("/store/v1/auth/register", body, headers={"Accept-Language": "zh-CN"})
    english = await http.post("/store/v1/auth/register", body, headers={"Accept-Language": "en"})

    assert chinese.body["details"] == {"fields": [{"field": "mobile", "problem": "须为 11 位手机号"}]}
    assert english.body["details"] == {
        "fields": [{"field": "mobile", "problem": "must be a mainland mobile number of 11 digits"}]
    }


async def test_a_weak_password_is_refused_with_its_own_code(http: Caller, services: Services) -> None:
    answer = await http.post("/store/v1/auth/register", REGISTRATION | {"password": "12345678"})

    assert answer.refusal == (422, "auth.password_too_weak")
    assert answer.body["details"] == {"field": "password"}
    assert await count_rows(services, Member) == 0


NO_JSON_OBJECTS = [
    (b'{"username": "li"', "request.malformed_json"),
    (b'{"username": "li", "username": "lei"}', "request.malformed_json"),
    (b'{"username": NaN}', "request.malformed_json"),
    (b'{"username": "\\ud800"}', "request.malformed_json"),
    (b"\xff\xfe", "request.malformed_json"),
    (b"[" * 40 + b"]" * 40, "request.malformed_json"),
    (b"[]", "request.invalid"),
    (b"null", "request.invalid"),
    (b"", "request.invalid"),
]


async def test_a_body_that_is_no_json_object_is_refused(http: Caller) -> None:
    for raw, code in NO_JSON_OBJECTS:
        answer = await http.post("/store/v1/auth/register", raw=raw)

        assert answer.refusal == (422, code), raw


async def test_a_body_of_ten_megabytes_is_refused(http: Caller) -> None:
    answer = await http.post("/store/v1/auth/register", raw=b'{"username": "' + b"a" * 10_000_000 + b'"}')

    assert answer.refusal == (413, "request.too_large")


async def test_an_unknown_account_and_a_wrong_password_look_alike(http: Caller) -> None:
    await http.post("/store/v1/auth/register", REGISTRATION)

    unknown = await http.post("/store/v1/auth/login", {"account": "nobody", "password": PASSWORD})
    wrong = await http.post("/store/v1/auth/login", {"account": "li", "password": "wrong horse 42"})

    assert unknown.refusal == wrong.refusal == (401, "auth.wrong_credentials")
    assert unknown.body["message"] == wrong.body["message"]
    assert unknown.body["details"] == wrong.body["details"] == {}


async def test_trying_too_often_is_answered_by_429_and_when_to_come_back(
    http: Caller, services: Services
) -> None:
    await make_member(services, username="li")
    limit = services.settings.login_rate_per_minute
    for _ in range(limit - 1):
        await count_try(services.db, "member", "li", "127.0.0.1", limit=limit)
    last = await http.post("/store/v1/auth/login", {"account": "li", "password": "wrong horse 42"})
    assert last.refusal == (401, "auth.wrong_credentials")

    answer = await http.post("/store/v1/auth/login", {"account": "li", "password": PASSWORD})

    assert answer.refusal == (429, "auth.too_many_attempts")
    assert answer.headers["retry-after"] == "60"


async def test_routes_of_members_refuse_nobody_and_bad_tokens(
    http: Caller, services: Services, clock: ManualClock
) -> None:
    member = await make_member(services)
    as_basic = {"Authorization": f"Basic {member.token}"}

    for method, path in MEMBERS_ONLY:
        assert (await http.send(method, path)).refusal == (401, "auth.required"), path
        assert (await http.send(method, path, headers=as_basic)).refusal == (401, "auth.required"), path
        unknown = await http.with_token("f" * 64).send(method, path)
        assert unknown.refusal == (401, "auth.token_invalid"), path

    clock.advance(timedelta(days=30))
    for method, path in MEMBERS_ONLY:
        expired = await http.with_token(member.token).send(method, path)
        assert expired.refusal == (401, "auth.token_expired"), path


async def test_signing_out_ends_this_session_alone(http: Caller, services: Services) -> None:
    member = await make_member(services, username="li")
    other = await http.post("/store/v1/auth/login", {"account": "li", "password": PASSWORD})
    me = http.with_token(member.token)
    assert (await me.get("/store/v1/me")).status == 200

    answer = await me.post("/store/v1/auth/logout", {})

    assert (answer.status, answer.body) == (204, None)
    assert (await me.get("/store/v1/me")).refusal == (401, "auth.token_invalid")
    assert (await http.with_token(other.body["token"]).get("/store/v1/me")).status == 200


async def test_a_member_changes_what_is_sent_and_nothing_else(http: Caller, services: Services) -> None:
    me = http.with_token((await make_member(services, username="li", mobile="13800138000")).token)

    changed = await me.patch("/store/v1/me", {"nickname": " 小李 ", "photo_url": "/files/photos/1.jpg"})
    cleared = await me.patch("/store/v1/me", {"photo_url": None})

    assert changed.status == 200
    assert (changed.body["nickname"], changed.body["photo_url"]) == ("小李", "/files/photos/1.jpg")
    assert (cleared.body["nickname"], cleared.body["photo_url"]) == ("小李", None)
    assert (cleared.body["username"], cleared.body["mobile"]) == ("li", "138****8000")


async def test_a_photo_lies_in_a_bucket_of_this_mall_or_is_refused(
    http: Caller, services: Services, system: SystemServices
) -> None:
    me = http.with_token((await make_member(services)).token)
    own = "https://img.shop.cn/avatar/1.webp"
    before = await me.patch("/store/v1/me", {"photo_url": own})
    bucket = {"aliyunBucketName": "shop", "aliyunEndPoint": "oss-cn-hangzhou.aliyuncs.com"}
    await choose_storage(system, StorageKind.ALIYUN, **bucket, aliyunDomain="img.shop.cn")

    taken = await me.patch("/store/v1/me", {"photo_url": own})

    assert before.refusal == (422, "member.picture_foreign")
    assert before.body["details"] == {"field": "photo_url"}
    assert (taken.status, taken.body["photo_url"]) == (200, own)
    for foreign in (
        "https://img.shop.cn.evil.example/1.webp",
        "http://img.shop.cn/1.webp",
        "https://x.cn/1.webp",
    ):
        assert (await me.patch("/store/v1/me", {"photo_url": foreign})).refusal == before.refusal, foreign
    assert (await me.get("/store/v1/me")).body["photo_url"] == own


BAD_PATCHES: list[tuple[dict[str, Any], str]] = [
    ({"nickname": ""}, "nickname"),
    ({"nickname": None}, "nickname"),
    ({"nickname": "a\nb"}, "nickname"),
    ({"nickname": "a" * 51}, "nickname"),
    ({"photo_url": "javascript:alert(1)"}, "photo_url"),
    ({"email": "nobody"}, "email"),
    ({"username": "root"}, "username"),
    ({"mobile": "13900139000"}, "mobile"),
    ({"user_id": "1"}, "user_id"),
]


async def test_a_member_cannot_change_what_is_not_its_own_to_change(http: Caller, services: Services) -> None:
    me = http.with_token((await make_member(services)).token)
    before = (await me.get("/store/v1/me")).body

    for body, field in BAD_PATCHES:
        answer = await me.patch("/store/v1/me", body)

        assert answer.refusal == (422, "request.invalid"), body
        assert answer.bad_fields == {field}
    assert (await me.get("/store/v1/me")).body == before


async def test_addresses_are_written_listed_changed_and_deleted(http: Caller, services: Services) -> None:
    me = http.with_token((await make_member(services)).token)

    first = await me.post("/store/v1/addresses", ADDRESS)
    assert first.status == 201
    address_id = first.body["address_id"]
    assert first.body == ADDRESS | {"address_id": address_id, "is_default": True}
    path = f"/store/v1/addresses/{address_id}"
    assert (await me.get(path)).body == first.body
    second = await me.post("/store/v1/addresses", ADDRESS | {"recv_name": "李四", "recv_post_code": None})
    assert (second.body["is_default"], second.body["recv_post_code"]) == (False, "")
    listed = await me.get("/store/v1/addresses", query={"limit": "100"})
    assert listed.body == {"items": [first.body, second.body], "next_cursor": None}
    changed = await me.patch(path, {"recv_addr": "文三路 2 号", "recv_tel": "0571-88001234"})
    assert changed.body == first.body | {"recv_addr": "文三路 2 号", "recv_tel": "0571-88001234"}

    deleted = await me.delete(path)

    assert (deleted.status, deleted.body) == (204, None)
    assert (await me.get("/store/v1/addresses")).body["items"] == [second.body | {"is_default": True}]
    assert (await me.delete(path)).refusal == (404, "address.not_found")


BAD_ADDRESSES: list[tuple[dict[str, Any], str]] = [
    *(({name: None}, name) for name in ADDRESS if name != "recv_post_code"),
    *(({name: ""}, name) for name in ADDRESS if name not in ("recv_post_code", "is_default")),
    *(({name: 7}, name) for name in ADDRESS),
    ({"recv_name": "名" * 51}, "recv_name"),
    ({"recv_addr": "路" * 201}, "recv_addr"),
    ({"recv_addr": "a\nb"}, "recv_addr"),
    ({"recv_post_code": "31000"}, "recv_post_code"),
    ({"recv_tel": "call me"}, "recv_tel"),
    ({"is_default": "true"}, "is_default"),
    ({"wx_user_id": "1"}, "wx_user_id"),
]


async def test_a_bad_field_of_an_address_is_named_and_nothing_is_written(
    http: Caller, services: Services
) -> None:
    member = await make_member(services)
    standing = await make_address(services, member.member_id)
    me = http.with_token(member.token)
    before = (await me.get("/store/v1/addresses")).body

    for changes, field in BAD_ADDRESSES:
        added = await me.post("/store/v1/addresses", ADDRESS | changes)
        changed = await me.patch(f"/store/v1/addresses/{standing.id}", changes)

        assert added.refusal == changed.refusal == (422, "request.invalid"), changes
        assert added.bad_fields == changed.bad_fields == {field}, changes
    assert (await me.get("/store/v1/addresses")).body == before


async def test_text_with_a_nul_character_never_reaches_the_database(http: Caller, services: Services) -> None:
    me = http.with_token((await make_member(services)).token)

    answer = await me.post("/store/v1/addresses", ADDRESS | {"recv_addr": "a\0b"})

    assert answer.status == 422
    assert await count_rows(services, MemberAddress) == 0


async def test_what_is_no_id_is_refused_in_the_path(http: Caller, services: Services) -> None:
    me = http.with_token((await make_member(services)).token)

    for address_id in ("0", "-1", "1.0", "abc", "9223372036854775808", "%E4%B8%80", "01"):
        for method in ("GET", "DELETE"):
            answer = await me.send(method, f"/store/v1/addresses/{address_id}")
            assert answer.refusal == (422, "request.invalid"), address_id
            assert answer.bad_fields == {"address_id"}, address_id


async def test_another_members_address_is_not_found_and_stays_as_it_is(
    http: Caller, services: Services
) -> None:
    owner = await make_member(services)
    address = await make_address(services, owner.member_id)
    stranger = http.with_token((await make_member(services)).token)
    path = f"/store/v1/addresses/{address.id}"

    answers = [await stranger.get(path), await stranger.patch(path, ADDRESS), await stranger.delete(path)]

    assert [answer.refusal for answer in answers] == [(404, "address.not_found")] * 3
    assert (await stranger.get("/store/v1/addresses")).body["items"] == []
    assert await count_rows(services, MemberAddress) == 1


async def test_an_open_shop_is_shown_and_a_closed_one_is_not_found(http: Caller, services: Services) -> None:
    merchant_id = await make_merchant(services, name="青山茶铺", freight_fee_fen=800)
    frozen_id = await make_merchant(services, status=MerchantStatus.FROZEN)

    shown = await http.get(f"/store/v1/merchants/{merchant_id}")

    assert shown.status == 200
    assert shown.body == {
        "merchant_id": str(merchant_id),
        "name": "青山茶铺",
        "diminutive": "青山茶铺",
        "customer_hotline": "",
        "address": "",
        "uniform_social_credit_code": "",
        "freight": {"fee_fen": 800, "free_over_fen": None},
    }
    for missing in (frozen_id, 999_999):
        answer = await http.get(f"/store/v1/merchants/{missing}")
        assert answer.refusal == (404, "merchant.not_found")
