"""Every v3 vector, in both directions: what we build equals it, and what we read from it is right.

Source: `vectors/wechatpay.json`; each vector names its origin (computed outside this repository, or
printed in the official documentation).
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from wanpu_wire.wechatpay.answers import KeyRing, SignatureHeaders, sign_answer, verify_answer
from wanpu_wire.wechatpay.certificates import PlatformCertificate, build_certificates, parse_certificates
from wanpu_wire.wechatpay.cipher import decrypt_field, encrypt_field
from wanpu_wire.wechatpay.errors import BadSignature
from wanpu_wire.wechatpay.json_text import dump, load_strict
from wanpu_wire.wechatpay.notification import build_envelope, parse_envelope
from wanpu_wire.wechatpay.signing import (
    Authorization,
    answer_message,
    format_authorization,
    is_valid,
    load_certificate,
    load_private_key,
    load_public_key,
    parse_authorization,
    pay_message,
    request_message,
    serial_of,
    sign,
)

FILE = json.loads((Path(__file__).parent / "vectors" / "wechatpay.json").read_text("utf-8"))
KEYS: dict[str, str] = FILE["keys"]
VECTORS: dict[str, dict[str, Any]] = {vector["id"]: vector for vector in FILE["vectors"]}
RING = KeyRing({serial: load_public_key(KEYS[name]) for serial, name in FILE["_doc"]["verify_keys"].items()})
PROVIDER_KEYS = {
    KEYS["platform_serial_no"]: load_private_key(KEYS["platform_private_key_pem"]),
    KEYS["wechatpay_public_key_id"]: load_private_key(KEYS["wechatpay_private_key_pem"]),
}
HEADER_OF_EACH = re.compile(r"wechatpay-(timestamp|nonce|serial|signature|signature-type)", re.IGNORECASE)


def check_request(vector: dict[str, Any]) -> None:
    body = vector["body"].encode()
    key = load_private_key(KEYS[vector["signing_key"]])

    message = request_message(vector["method"], vector["url"], vector["timestamp"], vector["nonce"], body)
    signature = sign(key, message)
    authorization = Authorization(
        KEYS["mchid"], KEYS["merchant_serial_no"], vector["nonce"], vector["timestamp"], signature
    )

    assert message == vector["string_to_sign"].encode()
    assert signature == vector["expected_signature"]
    assert format_authorization(authorization) == vector["expected_authorization"]
    assert parse_authorization(vector["expected_authorization"]) == authorization
    assert is_valid(load_public_key(KEYS["merchant_cert_pem"]), message, vector["expected_signature"])
    if body:
        assert dump(load_strict(body)) == body


def check_signed_headers(vector: dict[str, Any]) -> None:
    """Verify what the vector holds, and sign the same again."""
    body = vector["body"].encode()
    headers = SignatureHeaders.of(vector["headers"])
    now = datetime.fromtimestamp(int(headers.timestamp), UTC)

    if not vector.get("expected_valid", True):
        with pytest.raises(BadSignature):
            verify_answer(RING, headers, body, now=now)
        return
    if "string_to_verify" in vector:
        assert answer_message(headers.timestamp, headers.nonce, body) == vector["string_to_verify"].encode()
    verify_answer(RING, headers, body, now=now)
    with pytest.raises(BadSignature):
        verify_answer(RING, headers, body + b" ", now=now)
    signed = sign_answer(
        PROVIDER_KEYS[headers.serial],
        headers.serial,
        body,
        timestamp=int(headers.timestamp),
        nonce=headers.nonce,
    )
    of_vector = {name: value for name, value in vector["headers"].items() if HEADER_OF_EACH.fullmatch(name)}
    assert signed.as_headers() == of_vector


def check_callback(vector: dict[str, Any]) -> None:
    check_signed_headers(vector)

    envelope = parse_envelope(vector["body"].encode())
    rebuilt = build_envelope(
        id=envelope.id,
        create_time=envelope.create_time,
        event_type=envelope.event_type,
        summary=envelope.summary,
        original_type=envelope.original_type,
        resource=vector["expected_plaintext"].encode(),
        apiv3_key=vector["apiv3_key"],
        nonce=envelope.nonce,
        associated_data=envelope.associated_data,
    )

    assert envelope.decrypt(vector["apiv3_key"]) == vector["expected_plaintext"].encode()
    assert rebuilt == vector["body"].encode()


def check_certificates(vector: dict[str, Any]) -> None:
    check_signed_headers(vector)

    certificates = parse_certificates(vector["body"].encode(), vector["apiv3_key"])
    nonce = json.loads(vector["body"])["data"][0]["encrypt_certificate"]["nonce"]

    assert certificates == [
        PlatformCertificate(
            serial_no=KEYS["platform_serial_no"],
            effective_time=datetime(2024, 1, 1, tzinfo=UTC),
            expire_time=datetime(2049, 1, 1, tzinfo=UTC),
            certificate_pem=vector["expected_certificate_pem"],
        )
    ]
    assert serial_of(load_certificate(certificates[0].certificate_pem)) == KEYS["platform_serial_no"]
    rebuilt = build_certificates(certificates, vector["apiv3_key"], nonces=[nonce])
    assert rebuilt == vector["body"].encode()


def check_field(vector: dict[str, Any]) -> None:
    key = load_private_key(KEYS[vector["private_key"]])

    assert decrypt_field(key, vector["ciphertext"]) == vector["expected_plaintext"]
    again = encrypt_field(key.public_key(), vector["expected_plaintext"])
    assert again != vector["ciphertext"]
    assert decrypt_field(key, again) == vector["expected_plaintext"]


def check_pay_sign(vector: dict[str, Any]) -> None:
    key = load_private_key(KEYS[vector["signing_key"]])

    message = pay_message(*vector["lines"])

    assert message == vector["string_to_sign"].encode()
    assert sign(key, message) == vector["expected_signature"]
    assert is_valid(key.public_key(), message, vector["expected_signature"])


def check_official(vector: dict[str, Any]) -> None:
    key = load_public_key(vector["public_key_pem"])
    message = vector["string_to_verify"].encode()

    assert rebuild_official(vector["string_to_verify"]) == message
    assert is_valid(key, message, vector["signature"]) is vector["expected_valid"]
    assert not is_valid(key, message + b"\n", vector["signature"])


def rebuild_official(text: str) -> bytes:
    """Take the lines of a published string apart and join them by our own functions."""
    lines = text.removesuffix("\n").split("\n")
    match lines:
        case [method, target, timestamp, nonce, body]:
            return request_message(method, target, timestamp, nonce, body.encode())
        case [app_id, timestamp, nonce, package]:
            return pay_message(app_id, timestamp, nonce, package)
        case [timestamp, nonce, body]:
            return answer_message(timestamp, nonce, body.encode())
        case _:
            raise AssertionError(f"{len(lines)} lines are no known message")


CHECKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "v3_request_sign": check_request,
    "v3_response_verify": check_signed_headers,
    "v3_callback": check_callback,
    "v3_certificates": check_certificates,
    "v3_oaep_decrypt": check_field,
    "v3_pay_sign": check_pay_sign,
    "official_verify": check_official,
}
OTHER_CHAPTERS = {"v2_sign", "v2_notify", "v2_refund_req_info", "trade_bill"}
"""Kinds of APIv2 and of bill files, which this module does not speak about."""

COVERED = {
    "v3-req-post-jsapi",
    "v3-req-get-query",
    "v3-req-post-close",
    "v3-req-post-combine-jsapi",
    "v3-resp-200-platform-cert",
    "v3-resp-200-public-key-id",
    "v3-resp-204-empty",
    "v3-resp-tampered",
    "v3-resp-signtest-probe",
    "v3-cb-transaction-success",
    "v3-cb-refund-success",
    "v3-cb-combine-success",
    "v3-cb-profitsharing",
    "v3-certificates",
    "v3-oaep-sha1",
    "v3-paysign-jsapi",
    "v3-paysign-app",
    "official-body-sign",
    "official-paysign-jsapi",
    "official-sign-app",
    "official-response-verify",
}


def test_no_v3_vector_is_left_out():
    known = CHECKS.keys() | OTHER_CHAPTERS

    assert {vector["kind"] for vector in VECTORS.values()} == known
    assert {name for name, vector in VECTORS.items() if vector["kind"] in CHECKS} == COVERED
    assert set(FILE["_doc"]["kinds"]) == known


@pytest.mark.parametrize("name", sorted(COVERED))
def test_a_vector_holds_in_both_directions(name: str):
    vector = VECTORS[name]

    CHECKS[vector["kind"]](vector)
