"""The catalogue of error codes: unique, in two languages, documented."""

import importlib
import pkgutil
import re
from collections import defaultdict
from pathlib import Path

import pytest

import wanpu
from wanpu.kernel.errors import WanpuError

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
CODE = re.compile(r"[a-z_]+\.[a-z0-9_]+")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def refusals() -> list[type[WanpuError]]:
    """Every class of the mall that fixes a code."""
    for module in pkgutil.walk_packages(wanpu.__path__, "wanpu."):
        importlib.import_module(module.name)

    def below(kind: type[WanpuError]) -> set[type[WanpuError]]:
        return {kind}.union(*(below(child) for child in kind.__subclasses__()))

    return [
        kind for kind in below(WanpuError) if "code" in vars(kind) and kind.__module__.startswith("wanpu.")
    ]


@pytest.mark.requirement("S2-061")
def test_every_code_is_unique_speaks_two_languages_and_is_documented() -> None:
    by_code = defaultdict(list)
    for kind in refusals():
        by_code[kind.code].append(kind)
    page = PAGE.read_text(encoding="utf-8")

    assert len(by_code) >= 70
    assert {code: kinds for code, kinds in by_code.items() if len(kinds) > 1} == {}
    assert [code for code in by_code if not CODE.fullmatch(code)] == []
    assert [code for code, [kind] in by_code.items() if not CHINESE.search(kind.message_zh)] == []
    assert [code for code, [kind] in by_code.items() if CHINESE.search(kind.message_en)] == []
    assert [code for code, [kind] in by_code.items() if f"| `{code}` |" not in page] == []
    assert [kind.code for [kind] in by_code.values() if kind.message_zh not in page] == []
