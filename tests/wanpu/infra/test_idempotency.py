"""Rules of `infra/idempotency.py`."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from wanpu.infra import idempotency
from wanpu.infra.database import is_conflict
from wanpu.infra.http.json_body import MalformedJson, parse_json
from wanpu.infra.idempotency import KeyInvalid, KeyMissing, KeyReused, Stored
from wanpu.infra.models import IdempotencyKey
from wanpu.infra.tables import table_of
from wanpu.kernel.errors import Conflict, Invalid


def fingerprint(body):
    """As a route takes it of the body that it read."""
    return idempotency.fingerprint(parse_json(body) if body else None)


@pytest.mark.parametrize("key", ["a", "~" * 128, "!weird&key", "0b1c1f0e-8a3f-4b0e"])
def test_a_key_is_visible_ascii(key):
    assert idempotency.validate_key(key) == key


@pytest.mark.parametrize("key", ["", " ", "a b", "a" * 129, "schlüssel", "键", "a\n", "\x00", "\x7f"])
def test_any_other_key_is_refused(key):
    with pytest.raises(KeyInvalid) as refusal:
        idempotency.validate_key(key)
    assert refusal.value.code == "idempotency.key_invalid"
    assert isinstance(refusal.value, Invalid)


def test_a_missing_key_has_a_refusal_of_its_own():
    with pytest.raises(KeyMissing) as refusal:
        idempotency.validate_key(None)
    assert refusal.value.code == "idempotency.key_missing"
    assert isinstance(refusal.value, Invalid)


def test_white_space_and_the_order_of_names_do_not_change_the_fingerprint():
    first = fingerprint(b'{"a": 1, "b": [1, 2], "c": "\\u4e07"}')
    second = fingerprint('{"c":"万","b":[1,2],\n"a":1}'.encode())

    assert first == second


def test_the_fingerprint_is_that_of_the_canonical_text_for_ever():
    canonical = '{"a":[1,true,null],"c":"万"}'.encode()

    assert fingerprint(b'{"c": "\\u4e07", "a": [1, true, null]}') == hashlib.sha256(canonical).hexdigest()


def test_a_number_beyond_64_bits_takes_the_same_form():
    canonical = '{"a":[18446744073709551616,true],"c":"万"}'.encode()

    found = fingerprint(b'{"c": "\\u4e07", "a": [18446744073709551616, true]}')

    assert found == hashlib.sha256(canonical).hexdigest()


@pytest.mark.parametrize(
    "other",
    [b'{"a": 2}', b'{"a": "1"}', b'{"a": 1.0}', b'{"a": true}', b'{"A": 1}', b'{"a": [1]}', b"{}", b""],
)
def test_any_other_content_changes_the_fingerprint(other):
    assert fingerprint(other) != fingerprint(b'{"a": 1}')


@given(st.binary(max_size=40))
def test_any_body_has_a_fingerprint_or_is_refused(body):
    try:
        found = fingerprint(body)
    except MalformedJson:
        return
    assert len(found) == 64


def test_a_key_with_another_body_is_a_conflict():
    stored = Stored("f1", 201, "{}")

    stored.require_same("f1")
    with pytest.raises(KeyReused) as refusal:
        stored.require_same("f2")
    assert refusal.value.code == "idempotency.key_reused"
    assert isinstance(refusal.value, Conflict)


async def add(db, *rows):
    async with db.transaction() as session:
        values = [idempotency.row_for(*row, db.clock.now()) for row in rows]
        await session.execute(insert(table_of(IdempotencyKey)), values)


async def test_answers_are_found_by_caller_and_key_and_are_nobody_elses(db):
    body = '{"order_id": "1", "text": "万铺"}'
    await add(
        db,
        ("member:1:orders", "k1", "f1", 201, body),
        ("member:1:orders", "K1", "f2", 201, "{}"),
        ("member:2:orders", "k1", "f3", 201, "{}"),
    )

    async with db.reading() as session:
        one = await idempotency.find(session, "member:1:orders", ["k1", "unknown"])
        many = await idempotency.find_many(session, [("member:1:orders", "K1"), ("member:2:orders", "k1")])
        none = await idempotency.find(session, "member:3:orders", ["k1"])

    assert one == {"k1": Stored("f1", 201, body)}
    assert {pair: stored.fingerprint for pair, stored in many.items()} == {
        ("member:1:orders", "K1"): "f2",
        ("member:2:orders", "k1"): "f3",
    }
    assert none == {}


async def test_a_second_answer_to_one_key_cannot_be_written(db):
    await add(db, ("member:1:orders", "k1", "f1", 201, "{}"))

    with pytest.raises(Exception, match=r"(?i)unique|duplicate") as doubled:
        await add(db, ("member:1:orders", "k1", "f2", 201, "{}"))

    assert is_conflict(doubled.value)
    async with db.reading() as session:
        found = await idempotency.find(session, "member:1:orders", ["k1"])
    assert found["k1"].fingerprint == "f1"


async def test_no_keys_ask_nothing_of_the_database(db):
    async with db.reading() as session:
        assert await idempotency.find_many(session, []) == {}
