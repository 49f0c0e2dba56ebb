"""The console's own source, read for tests: which files a page is made of, what they call and ask for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.architecture.source import ROOT

CONSOLE = ROOT / "web" / "console" / "src"

_COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)
_IMPORT = re.compile(r'(?:\bfrom|\bimport)\s*\(?\s*"((?:\.{1,2}|@)/[^"]+)"')
_TYPES_ALONE = re.compile(r"^import type [^;]+;", re.MULTILINE)
_PAGE = re.compile(r'\{ menu: (?:"(?P<menu>[^"]+)"|null)[^}]*\bview: \(\) => import\("(?P<view>[^"]+)"\)')
_CALL = re.compile(r'\.(GET|POST|PUT|PATCH|DELETE)\(\s*"(/[^"]+)"')
_UPLOAD = re.compile(r'\bpath: "(/(?:platform|merchant)/v1[^"]*)"')
"""Where a file is posted to: sent without the client, which cannot tell how far it is."""

_PATH = re.compile(r'"(/(?:platform|merchant|console)/v1[^"]*)"')
_PERMISSION = re.compile(r"[\"'`]((?:sys|merchant)(?::[a-z-]+){2,})[\"'`]")


@dataclass(frozen=True)
class ConsolePage:
    """A page of the console. `menu` is the address of the menu that opens it; None: whoever signed in."""

    menu: str | None
    view: Path


@cache
def text_of(path: Path) -> str:
    """One file of the console, without its comments."""
    return _COMMENT.sub("", path.read_text(encoding="utf-8"))


def console_files() -> list[Path]:
    """Every module and component that is shipped."""
    found = [*CONSOLE.rglob("*.ts"), *CONSOLE.rglob("*.vue")]
    return sorted(path for path in found if not path.name.endswith(".test.ts"))


def console_pages() -> list[ConsolePage]:
    """What all `routes.ts` list.

    Raises:
        AssertionError: a page is written in a way that is not understood here.
    """
    found = []
    for routes in sorted((CONSOLE / "features").glob("*/routes.ts")):
        pages = list(_PAGE.finditer(text_of(routes)))
        assert len(pages) == text_of(routes).count("view:"), f"{routes}: a page that cannot be read"
        found += [ConsolePage(page["menu"], _resolve(routes, page["view"])) for page in pages]
    return found


@cache
def files_behind(view: Path) -> frozenset[Path]:
    """A component and everything it imports, however far."""
    found: set[Path] = set()
    waiting = [view]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            imported = _IMPORT.findall(_TYPES_ALONE.sub("", text_of(path)))
            waiting += [_resolve(path, name) for name in imported if not name.endswith(".css")]
    return frozenset(found)


def calls_in_files(files: Iterable[Path]) -> set[tuple[str, str]]:
    """Method and path of every call to the mall.

    Raises:
        AssertionError: a file names a path of the mall and no method with it.
    """
    found: set[tuple[str, str]] = set()
    for path in files:
        source = text_of(path)
        calls = {(method, address) for method, address in _CALL.findall(source)}
        calls |= {("POST", address) for address in _UPLOAD.findall(source)}
        unread = set(_PATH.findall(source)) - {address for _, address in calls}
        assert not unread, f"{path}: a call that cannot be read: {sorted(unread)}"
        found |= calls
    return found


def permissions_in(files: Iterable[Path]) -> set[str]:
    """Every permission that a file names."""
    return {permission for path in files for permission in _PERMISSION.findall(text_of(path))}


def _resolve(importer: Path, name: str) -> Path:
    start = CONSOLE / name[2:] if name.startswith("@/") else importer.parent / name
    for candidate in (start, start.with_name(start.name + ".ts"), start / "index.ts"):
        if candidate.is_file():
            return candidate.resolve()
    raise AssertionError(f"{importer}: nothing at {name}")
