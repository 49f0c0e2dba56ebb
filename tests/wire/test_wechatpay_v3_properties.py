"""Rules of the v3 wire formats that hold for every input, not for chosen ones."""

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

from wanpu_wire.wechatpay.answers import KeyRing, SignatureHeaders, sign_answer, verify_answer
from wanpu_wire.wechatpay.certificates import PlatformCertificate, build_certificates, parse_certificates
from wanpu_wire.wechatpay.cipher import decrypt_aead, decrypt_field, encrypt_aead, encrypt_field
from wanpu_wire.wechatpay.errors import (
    BadSignature,
    CannotDecrypt,
    CannotEncrypt,
    MalformedAuthorization,
    MalformedBody,
    MalformedKey,
    MissingSignature,
    StaleTimestamp,
    UnknownSerial,
    WrongAuthorizationScheme,
)
from wanpu_wire.wechatpay.json_text import dump, load_strict
from wanpu_wire.wechatpay.notification import build_envelope, parse_envelope
from wanpu_wire.wechatpay.signing import (
    MAX_CLOCK_SKEW_S,
    Authorization,
    format_authorization,
    is_valid,
    load_certificate,
    load_private_key,
    load_public_key,
    parse_authorization,
    request_message,
    sign,
)
from wanpu_wire.wechatpay.times import format_time, parse_time

KEYS = json.loads((Path(__file__).parent / "vectors" / "wechatpay.json").read_text("utf-8"))["keys"]
PRIVATE_KEY = load_private_key(KEYS["platform_private_key_pem"])
PUBLIC_KEY = PRIVATE_KEY.public_key()
SERIAL = KEYS["platform_serial_no"]
RING = KeyRing({SERIAL: PUBLIC_KEY})
APIV3_KEY = "k" * 32
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)

nonces = st.text(string.ascii_letters + string.digits, min_size=12, max_size=12)
texts = st.text(st.characters(exclude_categories=["Cs"]))
header_values = st.text(
    [chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"\\'], min_size=1, max_size=40
)
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


@given(st.builds(Authorization, header_values, header_values, header_values, st.just("0"), header_values))
def test_an_authorization_header_is_read_as_it_was_written(authorization: Authorization):
    comma_free = "," not in "".join(
        (authorization.mchid, authorization.serial_no, authorization.nonce, authorization.signature)
    )

    if comma_free:
        assert parse_authorization(format_authorization(authorization)) == authorization
    else:
        with pytest.raises(MalformedAuthorization):
            format_authorization(authorization)


@given(st.text())
def test_any_text_is_an_authorization_or_refused(header: str):
    with pytest.raises((MalformedAuthorization, WrongAuthorizationScheme)):
        parse_authorization(header)


@given(st.permutations(["mchid", "nonce_str", "signature", "timestamp", "serial_no"]))
def test_the_five_items_may_stand_in_any_order(order: list[str]):
    values = {"mchid": "1", "nonce_str": "n", "signature": "s==", "timestamp": "7", "serial_no": "A"}

    header = "WECHATPAY2-SHA256-RSA2048 " + ",".join(f'{name}="{values[name]}"' for name in order)

    assert parse_authorization(header) == Authorization("1", "A", "n", "7", "s==")


GOOD_ITEMS = 'mchid="1",nonce_str="n",signature="s",timestamp="7",serial_no="A"'


@pytest.mark.parametrize(
    "items",
    [
        "",
        GOOD_ITEMS.replace('"7"', '"7.0"'),
        GOOD_ITEMS.replace('"7"', '"-7"'),
        GOOD_ITEMS.replace('"7"', '"٧"'),
        GOOD_ITEMS.replace('"7"', '"1234567890123"'),
        GOOD_ITEMS.replace('"n"', '""'),
        GOOD_ITEMS.replace('"n"', "n"),
        GOOD_ITEMS.replace('"n"', '"n\n"'),
        GOOD_ITEMS.replace(',serial_no="A"', ""),
        GOOD_ITEMS + ',mchid="2"',
        GOOD_ITEMS + ',colour="red"',
        GOOD_ITEMS + ",",
        GOOD_ITEMS.replace(",", ", "),
    ],
)
def test_other_items_than_the_five_are_refused(items: str):
    with pytest.raises(MalformedAuthorization):
        parse_authorization(f"WECHATPAY2-SHA256-RSA2048 {items}")


def test_a_missing_header_and_another_scheme_are_told_apart():
    with pytest.raises(MalformedAuthorization):
        parse_authorization(None)
    with pytest.raises(WrongAuthorizationScheme):
        parse_authorization("Bearer token")
    with pytest.raises(WrongAuthorizationScheme):
        parse_authorization(f"wechatpay2-sha256-rsa2048 {GOOD_ITEMS}")


@given(st.text())
def test_a_text_that_is_no_signature_is_simply_not_valid(signature: str):
    assert is_valid(PUBLIC_KEY, b"message", signature) is False


@given(st.binary(max_size=300))
def test_well_formed_base64_of_any_length_is_simply_not_valid(value: bytes):
    assert is_valid(PUBLIC_KEY, b"message", base64.b64encode(value).decode()) is False


def test_a_signature_has_one_spelling():
    signature = sign(PRIVATE_KEY, b"message")

    assert is_valid(PUBLIC_KEY, b"message", signature)
    for other in (signature + "\n", " " + signature, signature.rstrip("="), signature + "=="):
        assert not is_valid(PUBLIC_KEY, b"message", other)
    last = signature[-3]
    sibling = string.ascii_letters[string.ascii_letters.find(last) + 1] if last.isalpha() else "a"
    assert not is_valid(PUBLIC_KEY, b"message", signature[:-3] + sibling + "==")


@given(st.binary(max_size=200), st.integers(0, 10**10))
def test_a_signed_answer_verifies_and_a_changed_one_does_not(body: bytes, timestamp: int):
    headers = sign_answer(PRIVATE_KEY, SERIAL, body, timestamp=timestamp, nonce="n")
    now = datetime.fromtimestamp(timestamp, UTC)

    verify_answer(RING, SignatureHeaders.of(headers.as_headers()), body, now=now)
    with pytest.raises(BadSignature):
        verify_answer(RING, headers, body + b"\n", now=now)


def signed(timestamp: str = str(int(NOW.timestamp())), **changes: str) -> SignatureHeaders:
    headers = sign_answer(PRIVATE_KEY, SERIAL, b"{}", timestamp=int(NOW.timestamp()), nonce="n")
    values = {
        "timestamp": timestamp,
        "nonce": headers.nonce,
        "serial": headers.serial,
        "signature": headers.signature,
        "signature_type": headers.signature_type,
    }
    return SignatureHeaders(**{**values, **changes})


@pytest.mark.parametrize("skew_s", [-MAX_CLOCK_SKEW_S + 1, 0, MAX_CLOCK_SKEW_S - 1])
def test_an_answer_is_fresh_for_less_than_five_minutes_both_ways(skew_s: int):
    verify_answer(RING, signed(), b"{}", now=NOW + timedelta(seconds=skew_s))


@pytest.mark.parametrize("skew_s", [-MAX_CLOCK_SKEW_S, MAX_CLOCK_SKEW_S, 10**9])
def test_an_answer_five_minutes_away_is_refused_though_its_signature_is_right(skew_s: int):
    with pytest.raises(StaleTimestamp):
        verify_answer(RING, signed(), b"{}", now=NOW + timedelta(seconds=skew_s))


@pytest.mark.parametrize("timestamp", ["x", "1e9", " 1", "１", "-1", "9" * 13, "1.5"])
def test_an_unreadable_time_stamp_is_stale(timestamp: str):
    with pytest.raises(StaleTimestamp):
        verify_answer(RING, signed(timestamp), b"{}", now=NOW)


def test_another_serial_nonce_or_signature_type_is_refused():
    with pytest.raises(UnknownSerial):
        verify_answer(RING, signed(serial=SERIAL.lower()), b"{}", now=NOW)
    with pytest.raises(UnknownSerial):
        verify_answer(RING, signed(serial="PUB_KEY_ID_1"), b"{}", now=NOW)
    with pytest.raises(BadSignature):
        verify_answer(RING, signed(nonce="m"), b"{}", now=NOW)
    with pytest.raises(BadSignature):
        verify_answer(RING, signed(signature_type="WECHATPAY2-SM2-WITH-SM3"), b"{}", now=NOW)
    other_key = load_private_key(KEYS["merchant_private_key_pem"])
    forged = sign_answer(other_key, SERIAL, b"{}", timestamp=int(NOW.timestamp()), nonce="n")
    with pytest.raises(BadSignature):
        verify_answer(RING, forged, b"{}", now=NOW)


def test_signature_headers_are_found_in_any_case_and_none_may_be_missing_empty_or_double():
    good = signed().as_headers()

    assert SignatureHeaders.of({name.upper(): value for name, value in good.items()}) == signed()
    without_type = {name: value for name, value in good.items() if name != "Wechatpay-Signature-Type"}
    assert SignatureHeaders.of(without_type) == signed()
    for name in without_type:
        with pytest.raises(MissingSignature):
            SignatureHeaders.of({other: value for other, value in good.items() if other != name})
        with pytest.raises(MissingSignature):
            SignatureHeaders.of({**good, name: ""})
        with pytest.raises(MissingSignature):
            SignatureHeaders.of({**good, name.lower(): good[name]})


def test_a_key_ring_never_changes_and_a_new_key_makes_a_new_ring():
    other = load_public_key(KEYS["wechatpay_public_key_pem"])

    larger = RING.with_key("PUB_KEY_ID_1", other)

    assert RING.serials == {SERIAL}
    assert larger.serials == {SERIAL, "PUB_KEY_ID_1"}
    assert larger.get("PUB_KEY_ID_1") is other
    assert larger.get("PUB_KEY_ID_2") is None
    assert SERIAL in larger
    assert len(larger) == 2


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


def test_only_rsa_keys_in_pem_are_keys():
    for load in (load_private_key, load_public_key, load_certificate):
        for text in ("", "万铺", KEYS["platform_cert_pem"][:200]):
            with pytest.raises(MalformedKey):
                load(text)
    with pytest.raises(MalformedKey):
        load_private_key(KEYS["wechatpay_public_key_pem"])
    with pytest.raises(MalformedKey):
        load_public_key(KEYS["merchant_private_key_pem"])


def test_the_method_of_a_request_is_signed_in_upper_case_and_its_target_untouched():
    assert request_message("get", "/v3/x?a=%7C", "1", "n", b"") == b"GET\n/v3/x?a=%7C\n1\nn\n\n"
