"""Rules of v3 ciphers and bodies that hold for every input, not for chosen ones."""

import base64
import json
import re
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanpu_wire.wechatpay.certificates import PlatformCertificate, build_certificates, parse_certificates
from wanpu_wire.wechatpay.cipher import decrypt_aead, decrypt_field, encrypt_aead, encrypt_field
from wanpu_wire.wechatpay.errors import (
    CannotDecrypt,
    CannotEncrypt,
    MalformedBody,
    MalformedKey,
)
from wanpu_wire.wechatpay.json_text import dump, load_strict
from wanpu_wire.wechatpay.notification import build_envelope, parse_envelope
from wanpu_wire.wechatpay.signing import (
    load_private_key,
)
from wanpu_wire.wechatpay.times import format_time, parse_time

KEYS = json.loads((Path(__file__).parent / "vectors" / "wechatpay.json").read_text("utf-8"))["keys"]
PRIVATE_KEY = load_private_key(KEYS["platform_private_key_pem"])
PUBLIC_KEY = PRIVATE_KEY.public_key()
SERIAL = KEYS["platform_serial_no"]
APIV3_KEY = "k" * 32
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
nonces = st.text(string.ascii_letters + string.digits, min_size=12, max_size=12)
texts = st.text(st.characters(exclude_categories=["Cs"]))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(st.binary(max_size=200), nonces, texts)
def test_what_is_sealed_opens_again(plaintext: bytes, nonce: str, associated_data: str):
    sealed = encrypt_aead(APIV3_KEY, plaintext, nonce=nonce, associated_data=associated_data)

    assert decrypt_aead(APIV3_KEY, sealed, nonce=nonce, associated_data=associated_data) == plaintext


@given(st.binary(max_size=60), nonces)
def test_no_flipped_bit_of_a_sealed_message_is_accepted(plaintext: bytes, nonce: str):
    sealed = base64.b64decode(encrypt_aead(APIV3_KEY, plaintext, nonce=nonce, associated_data="transaction"))

    for bit in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CannotDecrypt):
            decrypt_aead(
                APIV3_KEY, base64.b64encode(flipped).decode(), nonce=nonce, associated_data="transaction"
            )


@given(st.binary(max_size=40), st.data())
def test_no_changed_character_of_a_ciphertext_is_accepted(plaintext: bytes, data: st.DataObject):
    sealed = encrypt_aead(APIV3_KEY, plaintext, nonce="n" * 12, associated_data="")
    place = data.draw(st.integers(0, len(sealed) - 1))
    other = data.draw(st.characters().filter(lambda character: character != sealed[place]))

    with pytest.raises(CannotDecrypt):
        decrypt_aead(
            APIV3_KEY, sealed[:place] + other + sealed[place + 1 :], nonce="n" * 12, associated_data=""
        )


def test_another_key_nonce_or_associated_data_opens_nothing():
    sealed = encrypt_aead(APIV3_KEY, b"{}", nonce="n" * 12, associated_data="transaction")

    with pytest.raises(CannotDecrypt):
        decrypt_aead("K" * 32, sealed, nonce="n" * 12, associated_data="transaction")
    with pytest.raises(CannotDecrypt):
        decrypt_aead(APIV3_KEY, sealed, nonce="N" * 12, associated_data="transaction")
    with pytest.raises(CannotDecrypt):
        decrypt_aead(APIV3_KEY, sealed, nonce="n" * 12, associated_data="refund")
    with pytest.raises(CannotDecrypt):
        decrypt_aead(APIV3_KEY, sealed, nonce="", associated_data="transaction")


def test_an_apiv3_key_has_thirty_two_bytes_and_a_nonce_twelve():
    with pytest.raises(MalformedKey):
        encrypt_aead("", b"", nonce="n" * 12, associated_data="")
    with pytest.raises(MalformedKey):
        decrypt_aead("k" * 31, "", nonce="n" * 12, associated_data="")
    with pytest.raises(MalformedKey):
        encrypt_aead("万" * 32, b"", nonce="n" * 12, associated_data="")
    with pytest.raises(CannotEncrypt):
        encrypt_aead(APIV3_KEY, b"", nonce="n" * 11, associated_data="")


@given(st.text(st.characters(codec="utf-8"), max_size=53))
def test_a_personal_field_survives_encryption(text: str):
    assert decrypt_field(PRIVATE_KEY, encrypt_field(PUBLIC_KEY, text)) == text


def test_a_personal_field_holds_at_most_one_rsa_block():
    encrypt_field(PUBLIC_KEY, "a" * 214)

    with pytest.raises(CannotEncrypt):
        encrypt_field(PUBLIC_KEY, "a" * 215)
    with pytest.raises(CannotDecrypt):
        decrypt_field(load_private_key(KEYS["merchant_private_key_pem"]), encrypt_field(PUBLIC_KEY, "张三"))
    with pytest.raises(CannotDecrypt):
        decrypt_field(PRIVATE_KEY, "not Base64")


@given(json_values)
def test_json_is_read_as_it_was_written(value: Any):
    assert load_strict(dump(value)) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_json_or_refused(body: bytes):
    try:
        value = load_strict(body)
    except MalformedBody:
        return
    assert load_strict(dump(value)) == value


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xef\xbb\xbf{}",
        b'{"a":1,"a":1}',
        b'{"x":{"a":1,"b":2,"a":3}}',
        b'[{"a":1,"\\u0061":2}]',
        b"NaN",
        b"[Infinity]",
        b"-Infinity",
        b"1e999",
        b'"\xff"',
        b'"\\ud800"',
        b'{"\\udfff":1}',
        b"{} {}",
        b"{'a':1}",
        b"[1,]",
        b"[" * 100_000,
        b"9" * 5_000,
    ],
)
def test_a_body_with_more_or_less_than_one_meaning_is_refused(body: bytes):
    with pytest.raises(MalformedBody):
        load_strict(body)


def test_json_is_compact_and_keeps_chinese_text_readable():
    assert dump({"b": "支付成功", "a": [1, None, True]}) == '{"b":"支付成功","a":[1,null,true]}'.encode()


def envelope_members() -> dict[str, Any]:
    body = build_envelope(
        id="EV-1",
        create_time="2026-11-24T16:00:00+08:00",
        event_type="TRANSACTION.SUCCESS",
        summary="支付成功",
        original_type="transaction",
        resource=b"{}",
        apiv3_key=APIV3_KEY,
        nonce="n" * 12,
        associated_data="transaction",
    )
    members = load_strict(body)
    assert isinstance(members, dict)
    return members


@pytest.mark.parametrize(
    "path",
    [
        ("id",),
        ("create_time",),
        ("event_type",),
        ("resource_type",),
        ("summary",),
        ("resource",),
        ("resource", "algorithm"),
        ("resource", "ciphertext"),
        ("resource", "nonce"),
        ("resource", "original_type"),
    ],
)
@pytest.mark.parametrize("value", [None, 1, [], "", "absent"])
def test_an_envelope_lacks_no_member_and_each_is_a_text(path: tuple[str, ...], value: Any):
    members = envelope_members()
    parent = members if len(path) == 1 else members["resource"]
    if value == "absent":
        del parent[path[-1]]
    else:
        parent[path[-1]] = value

    with pytest.raises(MalformedBody):
        parse_envelope(dump(members))


@pytest.mark.parametrize("id_", ["x" * 65, "a b", "a\x00", "通知"])
def test_a_notification_id_is_short_printable_ascii(id_: str):
    with pytest.raises(MalformedBody):
        parse_envelope(dump({**envelope_members(), "id": id_}))


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"', b"{}", b"<xml></xml>"])
def test_a_body_that_is_no_envelope_is_refused(body: bytes):
    with pytest.raises(MalformedBody):
        parse_envelope(body)


def test_an_envelope_may_carry_no_associated_data_and_new_members():
    members = envelope_members()
    del members["resource"]["associated_data"]
    members["new_member"] = {"a": 1}

    assert parse_envelope(dump(members)).associated_data == ""
    members["resource"]["associated_data"] = 1
    with pytest.raises(MalformedBody):
        parse_envelope(dump(members))


@pytest.mark.parametrize(
    ("parent", "member", "value"),
    [("resource", "algorithm", "AEAD_SM4_GCM"), (None, "resource_type", "plain-resource")],
)
def test_an_envelope_of_another_cipher_or_kind_is_refused(parent: str | None, member: str, value: str):
    members = envelope_members()
    (members[parent] if parent else members)[member] = value

    with pytest.raises(MalformedBody):
        parse_envelope(dump(members))


def platform_certificate(serial_no: str = SERIAL) -> PlatformCertificate:
    return PlatformCertificate(serial_no, NOW, NOW + timedelta(days=1825), KEYS["platform_cert_pem"])


def test_a_certificate_answer_names_the_serial_of_each_certificate():
    body = build_certificates([platform_certificate("1" * 40)], APIV3_KEY, nonces=["n" * 12])

    with pytest.raises(MalformedBody):
        parse_certificates(body, APIV3_KEY)


def test_certificates_of_another_account_cannot_be_read():
    body = build_certificates([platform_certificate()], APIV3_KEY, nonces=["n" * 12])

    assert parse_certificates(body, APIV3_KEY) == [platform_certificate()]
    with pytest.raises(CannotDecrypt):
        parse_certificates(body, "K" * 32)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 (The strategy adds the zone.)
def test_times_travel_in_beijing_time_to_the_second(naive: datetime):
    moment = naive.replace(tzinfo=UTC, microsecond=0)

    text = format_time(moment)

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", text)
    assert parse_time(text) == moment
    assert parse_time(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text", ["", "2026-11-24", "2026-11-24T08:00:00", "2026-02-30T08:00:00Z", "20261124T080000Z", "now"]
)
def test_a_time_without_offset_or_of_another_format_is_refused(text: str):
    with pytest.raises(MalformedBody):
        parse_time(text)
