"""docs/native-order.md against the code: every parameter with its rule, and which of them the mall sends."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.wanpu.payment.channels.scripted_wechatpay import account, combined, plain

from wanpu.payment.channel import PaymentRequest
from wanpu.payment.channels.wechatpay.account import WechatPayAccount
from wanpu.payment.channels.wechatpay.mapping import create_call
from wanpu_sandbox.wechatpay import schemas
from wanpu_sandbox.wechatpay.fields import Field, Flag, Foreign, Group, Items, Text, Time, Whole

PAGE = Path(__file__).parents[4] / "docs" / "native-order.md"
PARTNER = account()
DIRECT = account(mode="direct")
COMBINED = schemas.combine_native(fewest=1, most=50)


def rows(fields: Sequence[Field], sent: set[str], above: str = "") -> Iterator[str]:
    """The lines of a table, one for each parameter; members follow their object."""
    for field in fields:
        name = f"{above}{field.name}"
        entry = field.entry if isinstance(field, Items) else field
        mark = "✓" if name in sent else ""
        needed = "yes" if field.required else ""
        yield f"| `{name}` | {kind_of(field)} | {needed} | {field.label} | {mark} |"
        if isinstance(entry, Group):
            yield from rows(entry.fields, sent, f"{name}{'[]' if isinstance(field, Items) else ''}.")


def kind_of(field: Field) -> str:
    match field:
        case Text() if field.pattern == "CNY":
            return "`CNY`"
        case Text():
            pattern = "" if field.pattern is None else f", `{field.pattern}`".replace("|", r"\|")
            return f"text {field.shortest}–{field.longest}{pattern}"
        case Whole() if field.largest == 2**63 - 1:
            return f"whole number from {field.smallest}"
        case Whole():
            return f"whole number {field.smallest}–{field.largest}"
        case Flag():
            return "true or false"
        case Time():
            return "RFC 3339 time"
        case Group():
            return "object" if field.most_bytes is None else f"object of at most {field.most_bytes} bytes"
        case Items():
            inner = "objects" if isinstance(field.entry, Group) else "texts"
            return f"{field.fewest}–{field.most} {inner}"
        case Foreign():
            return "refused"


def sent_by(request: PaymentRequest, sender: WechatPayAccount) -> set[str]:
    """The names of all parameters in the body of this order."""
    sharing = tuple(replace(part, profit_sharing=True) for part in request.parts)
    return set(names_in(json.loads(create_call(replace(request, parts=sharing), sender).body)))


def names_in(body: dict[str, Any], above: str = "") -> Iterator[str]:
    for name, value in body.items():
        yield f"{above}{name}"
        if isinstance(value, dict):
            yield from names_in(value, f"{above}{name}.")
        for one in value if isinstance(value, list) else []:
            yield from names_in(one, f"{above}{name}[].")


TABLES = {
    "服务商": (schemas.PARTNER_NATIVE, sent_by(plain(), PARTNER)),
    "直连商户": (schemas.DIRECT_NATIVE, sent_by(plain(sub_merchant_no=None), DIRECT)),
    "合单": (COMBINED, sent_by(combined(10, 20), PARTNER)),
}


@pytest.mark.parametrize("title", TABLES)
def test_every_parameter_of_a_native_order_is_documented_with_its_rule(title: str) -> None:
    fields, sent = TABLES[title]
    (section,) = [part for part in PAGE.read_text("utf-8").split("\n## ") if part.startswith(title)]

    written = [line for line in section.splitlines() if line.startswith("| `")]

    assert written == list(rows(fields, sent))


@pytest.mark.parametrize("title", TABLES)
def test_the_mall_sends_what_is_demanded_and_nothing_that_is_unknown(title: str) -> None:
    fields, sent = TABLES[title]
    lines = [line.split(" | ") for line in rows(fields, sent)]
    known = {line[0].strip("|` ") for line in lines}
    demanded = {line[0].strip("|` ") for line in lines if line[2] == "yes"}

    assert sent <= known
    # Members of an object that is not sent are not demanded either.
    parents = {name.rpartition(".")[0].removesuffix("[]") for name in sent} | {""}
    assert {name for name in demanded if name.rpartition(".")[0].removesuffix("[]") in parents} <= sent
