"""Rules of `infra/http/fields.py` and `field_problems.py`."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from wanpu.infra.http.field_problems import problem_text
from wanpu.infra.http.fields import Body, IdText, Line, Out, UtcTime, WholeNumber

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Wish(Body):
    sku_id: IdText
    quantity: int = 1
    at: UtcTime | None = None
    name: Line | None = None


class Shown(Out):
    sku_id: IdText
    at: UtcTime


@pytest.mark.parametrize(("text", "value"), [("1", 1), ("65601234", 65601234), (str(2**63 - 1), 2**63 - 1)])
def test_an_id_is_text_of_digits_in_a_body_and_a_number_inside(text, value):
    assert Wish.model_validate({"sku_id": text}).sku_id == value


@pytest.mark.parametrize(
    "wrong",
    [1, 1.0, True, None, "", "0", "-1", "+1", "01", " 1", "1 ", "1.0", "１", str(2**63), "9" * 40, []],
)
def test_anything_else_is_no_id_in_a_body(wrong):
    with pytest.raises(ValidationError):
        Wish.model_validate({"sku_id": wrong})


def test_an_id_of_our_own_code_goes_out_as_text():
    shown = Shown(sku_id=65601234, at=NOON)

    assert shown.model_dump(mode="json") == {"sku_id": "65601234", "at": "2026-11-22T12:00:00Z"}


@pytest.mark.parametrize("wrong", [0, -1, 2**63, True, 1.0])
def test_a_number_that_is_no_id_never_goes_out(wrong):
    with pytest.raises(ValidationError):
        Shown(sku_id=wrong, at=NOON)


def test_an_id_in_a_path_is_read_by_the_same_rule():
    adapter = TypeAdapter(IdText)

    assert adapter.validate_python("7") == 7
    with pytest.raises(ValidationError):
        adapter.validate_python("7x")


@pytest.mark.parametrize("wrong", ["1", 1.0, True, None, 1.5, [1]])
def test_an_integer_is_an_integer_and_nothing_like_one(wrong):
    with pytest.raises(ValidationError):
        Wish.model_validate({"sku_id": "1", "quantity": wrong})


def test_an_unknown_field_is_refused():
    with pytest.raises(ValidationError, match="extra"):
        Wish.model_validate({"sku_id": "1", "price_fen": 1})


@pytest.mark.parametrize(
    "text", ["2026-11-22T12:00:00Z", "2026-11-22T20:00:00+08:00", "2026-11-22T12:00:00.000000Z"]
)
def test_a_time_with_its_zone_is_read_as_utc(text):
    assert Wish.model_validate({"sku_id": "1", "at": text}).at == NOON


@pytest.mark.parametrize(
    "wrong",
    [
        "2026-11-22T12:00:00",
        "2026-11-22",
        "2026-13-22T12:00:00Z",
        "2026-11-22 12:00:00Z",
        "0001-01-01T00:00:00+23:59",
        1795348800,
        "now",
        "２026-11-22T12:00:00Z",
    ],
)
def test_a_time_without_a_zone_or_sense_is_refused(wrong):
    with pytest.raises(ValidationError):
        Wish.model_validate({"sku_id": "1", "at": wrong})


def test_a_naive_time_of_our_own_code_never_goes_out():
    with pytest.raises(ValidationError):
        Shown(sku_id=1, at=NOON.replace(tzinfo=None))


def test_a_line_is_trimmed_and_keeps_every_letter():
    assert Wish.model_validate({"sku_id": "1", "name": "  张三 🛒 "}).name == "张三 🛒"


@pytest.mark.parametrize("wrong", ["", "   ", "a\nb", "a\tb", "a\x1bb", "a\u2028b", "a\x7fb"])
def test_a_line_without_letters_or_with_control_characters_is_refused(wrong):
    with pytest.raises(ValidationError):
        Wish.model_validate({"sku_id": "1", "name": wrong})


@pytest.mark.requirement("S2-062")
def test_every_problem_of_a_field_is_a_sentence_in_the_callers_language():
    with pytest.raises(ValidationError) as wrong:
        Wish.model_validate({"quantity": "1", "at": "now", "name": "", "price_fen": 1})
    found = {problem["loc"][0]: problem for problem in wrong.value.errors()}

    assert {name: problem_text(problem, "zh") for name, problem in found.items()} == {
        "sku_id": "必填",
        "quantity": "须为整数",
        "at": "须为带时区的 ISO 8601 时间",
        "name": "不得为空，也不得含换行或控制字符",
        "price_fen": "不认识的字段",
    }
    assert problem_text(found["sku_id"], "en") == "Field required"
    assert problem_text(found["at"], "en") == "must be an ISO 8601 time with its zone"


def test_a_problem_without_a_translation_keeps_its_english_sentence():
    assert problem_text({"type": "rare", "msg": "Rare"}, "zh") == "Rare"
    assert problem_text({"type": "rare", "msg": "Rare", "ctx": {"zh": "少见"}}, "zh") == "少见"


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("20", 20), ("-1", -1), ("007", 7), ("9" * 18, 10**18 - 1)]
)
def test_a_whole_number_in_a_query_string_is_digits(text, value):
    assert TypeAdapter(WholeNumber).validate_python(text) == value


@pytest.mark.parametrize("wrong", ["", "1.0", "1.5", "+1", "1_0", " 1", "1 ", "１", "0x1", "1e2", "9" * 19])
def test_a_text_that_only_amounts_to_a_whole_number_is_refused(wrong):
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(WholeNumber).validate_python(wrong)

    assert problem_text(refused.value.errors()[0], "zh") == "须为整数"
