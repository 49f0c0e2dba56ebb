"""Registering and signing in."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from tests.builders import PASSWORD, make_member

from wanpu.crm.errors import MemberDisabled, MobileTaken, UsernameTaken
from wanpu.crm.models import Member, MemberToken
from wanpu.crm.service.members import NewMember, register_member
from wanpu.crm.service.sessions import Caller, identify, sign_in, sign_out
from wanpu.crm.states import MemberStatus
from wanpu.infra.models import IdSegment, LoginThrottle
from wanpu.infra.passwords import Passwords, PasswordTooWeak
from wanpu.infra.services import Services
from wanpu.infra.sign_in.errors import TokenExpired, TokenInvalid, TooManyAttempts, WrongCredentials
from wanpu.infra.sign_in.throttle import address_subject, count_try
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import MAX_OWNER_ID, IdOutOfRange

IP = "203.0.113.7"


async def count_members(services: Services) -> int:
    async with services.db.reading() as session:
        return (await session.execute(select(func.count()).select_from(Member))).scalar_one()


async def test_a_registered_member_is_signed_in_and_only_digests_are_kept(
    services: Services, clock: ManualClock
) -> None:
    signed_in = await register_member(services, NewMember("li", "13800138000", PASSWORD, "li@mail.cn"))

    assert signed_in.expires_at == clock.now() + timedelta(days=30)
    assert await identify(services, signed_in.token) == Caller(signed_in.member.user_id)
    async with services.db.reading() as session:
        member = (await session.execute(select(Member))).scalar_one()
        token = (await session.execute(select(MemberToken))).scalar_one()
    assert (member.username, member.mobile, member.email) == ("li", "13800138000", "li@mail.cn")
    assert (member.nickname, member.status) == ("li", MemberStatus.NORMAL)
    assert member.password is not None
    assert member.password.startswith("$argon2id$")
    assert token.token_hash == services.tokens.digest(signed_in.token)
    assert signed_in.token not in (token.token_hash, member.password)


async def test_a_taken_username_or_mobile_number_registers_nobody(services: Services) -> None:
    await register_member(services, NewMember("li", "13800138000", PASSWORD))

    with pytest.raises(UsernameTaken):
        await register_member(services, NewMember("li", "13800138001", PASSWORD))
    with pytest.raises(MobileTaken):
        await register_member(services, NewMember("lei", "13800138000", PASSWORD))

    assert await count_members(services) == 1


async def test_names_that_differ_in_case_are_two_members(services: Services) -> None:
    await register_member(services, NewMember("li", "13800138000", PASSWORD))
    await register_member(services, NewMember("Li", "13800138001", PASSWORD))

    assert await count_members(services) == 2


async def test_ten_registrations_of_one_name_at_once_make_one_member(services: Services) -> None:
    outcomes = await asyncio.gather(
        *(register_member(services, NewMember("li", f"1380013800{n}", PASSWORD)) for n in range(10)),
        return_exceptions=True,
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["SignedIn"] + ["UsernameTaken"] * 9
    assert await count_members(services) == 1


async def test_a_weak_password_registers_nobody(services: Services) -> None:
    for weak in ("1234567", "password", "aaaaaaaaaa"):
        with pytest.raises(PasswordTooWeak):
            await register_member(services, NewMember("li", "13800138000", weak))

    assert await count_members(services) == 0


@pytest.mark.requirement("S3-056")
async def test_the_last_32_bit_member_id_is_given_and_the_next_one_refused(services: Services) -> None:
    now = services.clock.now()
    async with services.db.transaction() as session:
        session.add(IdSegment(name="member", next_serial=MAX_OWNER_ID, created_at=now, updated_at=now))

    last = await register_member(services, NewMember("last", "13800138000", PASSWORD))
    with pytest.raises(IdOutOfRange):
        await register_member(services, NewMember("beyond", "13800138001", PASSWORD))

    assert last.member.user_id == 4_294_967_295
    assert await count_members(services) == 1


async def test_one_signs_in_by_name_or_mobile_number(services: Services) -> None:
    member = await make_member(services, username="li", mobile="13800138000")

    by_name = await sign_in(services, " li ", PASSWORD, client_ip=IP)
    by_mobile = await sign_in(services, "13800138000", PASSWORD, client_ip=IP)

    assert len({member.token, by_name.token, by_mobile.token}) == 3
    for token in (member.token, by_name.token, by_mobile.token):
        assert await identify(services, token) == Caller(member.member_id)


async def test_a_wrong_name_and_a_wrong_password_are_one_refusal(services: Services) -> None:
    await make_member(services, username="li")

    for account, password in (("li", "wrong horse 42"), ("nobody", PASSWORD), ("Li", PASSWORD)):
        with pytest.raises(WrongCredentials):
            await sign_in(services, account, password, client_ip=IP)


async def test_a_disabled_member_is_told_only_after_the_right_password(services: Services) -> None:
    member = await make_member(services, username="li")
    async with services.db.transaction() as session:
        row = await session.get_one(Member, member.member_id)
        row.status = MemberStatus.DISABLED

    with pytest.raises(WrongCredentials):
        await sign_in(services, "li", "wrong horse 42", client_ip=IP)
    with pytest.raises(MemberDisabled):
        await sign_in(services, "li", PASSWORD, client_ip=IP)
    with pytest.raises(TokenInvalid):
        await identify(services, member.token)


async def test_a_token_ends_with_its_time_and_a_new_sign_in_removes_its_row(
    services: Services, clock: ManualClock
) -> None:
    member = await make_member(services, username="li")

    clock.advance(timedelta(days=30))
    with pytest.raises(TokenExpired):
        await identify(services, member.token)
    fresh = await sign_in(services, "li", PASSWORD, client_ip=IP)

    async with services.db.reading() as session:
        kept = (await session.execute(select(MemberToken.token_hash))).scalars().all()
    assert kept == [services.tokens.digest(fresh.token)]


async def test_a_token_that_is_cached_still_ends_with_its_time(
    services: Services, clock: ManualClock
) -> None:
    member = await make_member(services)
    clock.advance(timedelta(days=30, seconds=-1))
    await identify(services, member.token)

    clock.advance(timedelta(seconds=1))

    with pytest.raises(TokenExpired):
        await identify(services, member.token)


async def test_a_token_is_of_no_use_after_signing_out_although_it_was_cached(services: Services) -> None:
    member = await make_member(services, username="li")
    other = await sign_in(services, "li", PASSWORD, client_ip=IP)
    await identify(services, member.token)

    await sign_out(services, member.token)

    with pytest.raises(TokenInvalid):
        await identify(services, member.token)
    assert await identify(services, other.token) == Caller(member.member_id)


async def test_an_account_is_tried_so_often_a_minute_and_no_more(
    services: Services, clock: ManualClock
) -> None:
    limit = services.settings.login_rate_per_minute
    for _ in range(limit):
        await count_try(services.db, "member", "li", IP, limit=limit)

    with pytest.raises(TooManyAttempts) as refused:
        await count_try(services.db, "member", "li", IP, limit=limit)
    await count_try(services.db, "member", "lei", IP, limit=limit)
    clock.advance(timedelta(seconds=60))
    await count_try(services.db, "member", "li", IP, limit=limit)

    assert refused.value.details == {"retry_after_s": 60}


async def test_parallel_tries_never_pass_the_limit(services: Services) -> None:
    outcomes = await asyncio.gather(
        *(count_try(services.db, "member", "li", IP, limit=5) for _ in range(12)), return_exceptions=True
    )

    assert [outcome for outcome in outcomes if outcome is None] == [None] * 5
    assert sum(isinstance(outcome, TooManyAttempts) for outcome in outcomes) == 7


async def test_an_address_tries_ten_times_as_often_as_an_account(services: Services) -> None:
    for number in range(20):
        await count_try(services.db, "member", f"account{number}", IP, limit=2)

    with pytest.raises(TooManyAttempts):
        await count_try(services.db, "member", "one more", IP, limit=2)
    await count_try(services.db, "member", "one more", "203.0.113.8", limit=2)


async def test_a_right_password_gives_its_tries_back(services: Services) -> None:
    await make_member(services, username="li")
    with pytest.raises(WrongCredentials):
        await sign_in(services, "li", "wrong horse 42", client_ip=IP)

    await sign_in(services, "li", PASSWORD, client_ip=IP)

    async with services.db.reading() as session:
        rows = (await session.execute(select(LoginThrottle.subject, LoginThrottle.failures))).all()
    assert [tuple(row) for row in rows] == [(f"member-ip:{IP}", 1)]


async def test_a_refused_try_does_not_look_at_the_password(services: Services) -> None:
    await make_member(services, username="li")
    limit = services.settings.login_rate_per_minute
    for _ in range(limit):
        await count_try(services.db, "member", "li", IP, limit=limit)

    with pytest.raises(TooManyAttempts):
        await sign_in(services, "li", PASSWORD, client_ip=IP)


async def test_windows_that_ended_long_ago_are_removed(services: Services, clock: ManualClock) -> None:
    for number in range(5):
        await count_try(services.db, "member", f"account{number}", IP, limit=9)

    clock.advance(timedelta(hours=2))
    await count_try(services.db, "member", "account0", IP, limit=9)

    async with services.db.reading() as session:
        subjects = (await session.execute(select(LoginThrottle.subject))).scalars().all()
    assert set(subjects) == {"member:account0", f"member-ip:{IP}"}


@pytest.mark.parametrize(
    ("client_ip", "subject"),
    [
        ("203.0.113.7", "member-ip:203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "member-ip:2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "member-ip:2001:db8:1:2::"),
        ("", "member-ip:unknown"),
    ],
)
def test_an_ipv6_line_counts_as_one_address(client_ip: str, subject: str) -> None:
    assert address_subject("member", client_ip) == subject


class CountingPasswords(Passwords):
    """Counts the hashes that are computed."""

    def __init__(self) -> None:
        super().__init__()
        self.verified = 0

    async def verify(self, text: str, hashed: str) -> bool:
        self.verified += 1
        return await super().verify(text, hashed)


async def test_an_unknown_account_costs_as_much_as_a_wrong_password(services: Services) -> None:
    await make_member(services, username="li")
    passwords = CountingPasswords()
    counted = replace(services, passwords=passwords)
    costs = []
    for account in ("li", "nobody", "13900139000"):
        with pytest.raises(WrongCredentials):
            await sign_in(counted, account, "wrong horse 42", client_ip=IP)
        costs.append(passwords.verified)

    assert costs == [1, 2, 3]
