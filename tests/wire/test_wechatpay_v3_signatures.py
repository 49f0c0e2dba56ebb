"""Rules of v3 keys, signatures and their headers that hold for every input, not for chosen ones."""

import base64
import json
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanpu_wire.wechatpay.answers import KeyRing, SignatureHeaders, sign_answer, verify_answer
from wanpu_wire.wechatpay.errors import (
    BadSignature,
    MalformedAuthorization,
    MalformedKey,
    MissingSignature,
    StaleTimestamp,
    UnknownSerial,
    WrongAuthorizationScheme,
)
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

KEYS = json.loads((Path(__file__).parent / "vectors" / "wechatpay.json").read_text("utf-8"))["keys"]
PRIVATE_KEY = load_private_key(KEYS["platform_private_key_pem"])
PUBLIC_KEY = PRIVATE_KEY.public_key()
SERIAL = KEYS["platform_serial_no"]
RING = KeyRing({SERIAL: PUBLIC_KEY})
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
header_values = st.text(
    [chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"\\'], min_size=1, max_size=40
)


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
