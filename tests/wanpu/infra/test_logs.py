"""Rules of `infra/logs.py` and `masking.py`: a line tells what happened and gives nothing away."""

import io
import json
import logging
import re
import sys

import pytest
import structlog
from pydantic import SecretStr
from sqlalchemy import insert, text
from tests.wanpu.infra.segments import SEGMENTS

from wanpu.infra.logs import configure_logs
from wanpu.infra.masking import mask_fields, mask_text, mask_value
from wanpu.infra.settings import Settings

TOKEN = "0123456789abcdef" * 4
PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----"


@pytest.fixture
def lines(monkeypatch):
    """Configures logs and gives what was written; the tests' own configuration comes back afterwards."""
    stream = io.StringIO()
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = list(root.handlers), root.level

    def start(**values):
        monkeypatch.setattr(sys, "stderr", stream)
        configure_logs(Settings(_env_file=None, log_format="json", **values))

        def read():
            return [json.loads(line) for line in stream.getvalue().splitlines()]

        return read

    yield start
    configure_logs(Settings(_env_file=None))
    root.handlers, root.level = handlers, level
    structlog.configure(**before)


def test_a_line_is_an_event_with_its_fields_and_the_request_that_caused_it(lines):
    read = lines()
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger("wanpu.test").info("refund.settled", refund_no="R1", amount_fen=300)

    (line,) = read()
    assert line["event"] == "refund.settled"
    assert (line["refund_no"], line["amount_fen"], line["request_id"]) == ("R1", 300, "r-1")
    assert (line["level"], line["logger"]) == ("info", "wanpu.test")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", line["timestamp"])


def test_lines_of_libraries_have_the_same_form_and_are_masked_too(lines):
    read = lines()
    logging.getLogger("some.library").warning("token %s of 13800138000", TOKEN)

    (line,) = read()
    assert line["event"] == "token *** of 138****8000"
    assert line["level"] == "warning"


def test_lines_below_the_level_are_not_written(lines):
    read = lines(log_level="warning")
    structlog.get_logger("wanpu.test").info("quiet")
    structlog.get_logger("wanpu.test").warning("loud")

    assert [line["event"] for line in read()] == ["loud"]


def test_an_exception_is_told_without_the_secrets_in_its_text(lines):
    read = lines()
    try:
        raise ValueError(f"bad header Bearer {TOKEN}")
    except ValueError:
        structlog.get_logger("wanpu.test").error("failed", exc_info=True)

    (line,) = read()
    assert "ValueError: bad header Bearer ***" in line["exception"]
    assert TOKEN not in json.dumps(line)


def test_configuring_twice_writes_each_line_once(lines):
    lines()
    read = lines()
    structlog.get_logger("wanpu.test").info("once")

    assert [line["event"] for line in read()] == ["once"]


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "admin_password",
        "token",
        "access_token",
        "secret",
        "app_secret",
        "api_key",
        "apiv3_key",
        "private_key_pem",
        "authorization",
        "cookie",
        "auth_code",
        "captcha",
        "signature",
        "session_key",
        "Authorization",
    ],
)
def test_a_field_that_is_named_like_a_secret_is_hidden(name):
    assert mask_fields({name: "abc"}) == {name: "***"}
    assert mask_fields({"request": {"headers": [{name: "abc"}]}}) == {"request": {"headers": [{name: "***"}]}}


@pytest.mark.parametrize("value", [SecretStr("abc"), [SecretStr("abc")], {"deep": SecretStr("abc")}])
def test_a_secret_value_is_hidden_whatever_its_field_is_called(value):
    assert "abc" not in repr(mask_fields({"value": value}))


@pytest.mark.parametrize(
    ("shown", "masked"),
    [
        ("call 13800138000 now", "call 138****8000 now"),
        ("Bearer abcdefgh12345678", "Bearer ***"),
        (f"token={TOKEN}", "token=***"),
        (f"key {PEM} end", "key *** end"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc", "***"),
        ("card 6222020000000000001", "card 6222020000000000001"),
        ("card 4111111111111111", "card 4111***1111"),
        ("id 11010519491231002X", "id 1101***002X"),
        ("postgresql://wanpu:hunter2@db/x", "postgresql://wanpu:***@db/x"),
        ("redis://:hunter2@cache", "redis://:***@cache"),
        ("order 4294968297 of 65601234", "order 4294968297 of 65601234"),
        ("张三 at 08:00", "张三 at 08:00"),
    ],
)
def test_free_text_hides_phones_tokens_keys_cards_and_identity_numbers(shown, masked):
    assert mask_text(shown) == masked


def test_our_own_numbers_are_shown_in_their_fields():
    fields = {
        "order_no": "202611224111111111",
        "order_id": "4111111111111111",
        "transaction_id": "4200001111111111111111111111",
        "amount_fen": 300,
        "path": "/store/v1/orders/4111111111111111",
    }

    assert mask_fields(fields) == fields


def test_bytes_and_endless_structures_are_not_spelt_out():
    endless: dict = {}
    endless["self"] = endless

    assert mask_fields({"body": b"abc"}) == {"body": "<3 bytes>"}
    assert "***" in repr(mask_fields(endless))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (7, 7),
        (None, None),
        ("P123", "P123"),
        ("13800138000", "138****8000"),
        ("x" * 201, "<201 characters>"),
        (b"abc", "<3 bytes>"),
        (TOKEN, "***"),
        ("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g", "***"),
        ("a1b2c3d4.bm9uY2Vub25jZWNpcGhlcnRleHRjaXBoZXJ0ZXh0", "***"),
    ],
)
def test_values_of_statements_are_masked(value, shown):
    assert mask_value(value) == shown


@pytest.mark.requirement("S2-059")
async def test_the_debug_switch_prints_statements_with_masked_values_and_off_prints_none(lines, db):
    now = db.clock.now()
    rows = [
        {"name": "13800138000", "next_serial": 5, "created_at": now, "updated_at": now},
        {"name": "plain", "next_serial": 6, "created_at": now, "updated_at": now},
    ]
    read = lines(sql_debug=True)
    async with db.transaction() as session:
        await session.execute(insert(SEGMENTS), rows)
        await session.execute(text("SELECT 1"))
    shown = [line for line in read() if line["event"] == "sql.statement"]
    lines(sql_debug=False)
    async with db.transaction() as session:
        await session.execute(text("SELECT 2"))

    inserted = next(line for line in shown if line["sql"].startswith("INSERT INTO id_segment"))
    assert "138****8000" in json.dumps(inserted["bound"])
    assert "plain" in json.dumps(inserted["bound"])
    assert "13800138000" not in json.dumps(shown)
    assert not any("SELECT 2" in json.dumps(line) for line in read())
