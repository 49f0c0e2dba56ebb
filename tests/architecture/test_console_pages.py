"""Every route of the consoles has a page, or a written reason; and no page asks for what is not there."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from tests.architecture.console_source import (
    CONSOLE,
    calls_in_files,
    console_files,
    console_pages,
    files_behind,
    permissions_in,
)
from tests.conftest import url_of
from tests.engines import TestDatabases
from tests.ways import Way, ways_of

from wanpu.app import create_app
from wanpu.infra.settings import Settings
from wanpu.kernel.clock import ManualClock
from wanpu.mall import open_mall
from wanpu.system.base_rows.known_permissions import BASE_MENUS, known_permissions
from wanpu.system.rules.access import split_permissions
from wanpu.system.states import Audience, MenuType

WITHOUT_A_PAGE: dict[str, str] = {}
"""Routes of the consoles that no page calls, and why."""


@pytest.fixture
def db_url(databases: TestDatabases) -> str:
    """SQLite alone: nothing is read from it."""
    return url_of(databases, "sqlite")


@pytest.fixture
async def ways(settings: Settings, clock: ManualClock) -> list[Way]:
    """Every route of the mall."""
    return ways_of(create_app(await open_mall(settings, clock=clock), works_in_background=False))


def guarded(ways: Iterable[Way]) -> list[Way]:
    """Those that ask for a permission."""
    return [way for way in ways if way.permission is not None]


def menus_that_grant(permission: str) -> Iterator[str]:
    """Addresses of the pages on which a permission is granted, by themselves or by one of their buttons."""
    urls = {row.menu_id: row.url for row in BASE_MENUS if row.type is MenuType.MENU}
    for row in BASE_MENUS:
        if permission in split_permissions([row.perms or ""]):
            url = urls[row.menu_id if row.type is MenuType.MENU else row.parent_id]
            assert url is not None, row
            yield url


def calls_by_menu() -> dict[str | None, set[tuple[str, str]]]:
    """What the pages of each menu send to the mall, method and path; under None those of every account."""
    found: dict[str | None, set[tuple[str, str]]] = {}
    for page in console_pages():
        found.setdefault(page.menu, set()).update(calls_in_files(files_behind(page.view)))
    return found


async def test_every_route_with_a_permission_is_called_by_a_page_that_its_menu_opens(ways: list[Way]) -> None:
    calls = calls_by_menu()

    def has_page(way: Way) -> bool:
        return any(
            (way.method, way.documented) in calls.get(menu, ())
            for menu in (None, *menus_that_grant(str(way.permission)))
        )

    assert len(guarded(ways)) >= 80
    assert {way.name for way in guarded(ways) if not has_page(way)} == set(WITHOUT_A_PAGE)


def test_every_menu_of_an_installation_has_its_page_and_every_page_its_menu() -> None:
    menus = {row.url for row in BASE_MENUS if row.type is MenuType.MENU}

    assert {page.menu for page in console_pages()} - {None} == menus


async def test_the_console_calls_no_route_that_is_not_there(ways: list[Way]) -> None:
    routes = {(way.method, way.documented) for way in ways}
    calls = calls_in_files(console_files())

    assert len(calls) >= 80
    assert sorted(calls - routes) == []


async def test_the_console_names_no_permission_that_does_not_exist_or_that_no_route_asks_for(
    ways: list[Way],
) -> None:
    named = permissions_in(console_files())

    assert len(named) >= 40
    assert sorted(named - known_permissions(Audience.PLATFORM) - known_permissions(Audience.MERCHANT)) == []
    assert sorted(named - {str(way.permission) for way in guarded(ways)}) == []


async def test_a_page_asks_first_where_it_calls_what_its_own_menu_does_not_grant(ways: list[Way]) -> None:
    """Else who has the menu alone meets refusals that no button led to."""
    consoles = {row.url: row.audience for row in BASE_MENUS if row.url}
    dead_ends = []
    for page in console_pages():
        files = files_behind(page.view)
        calls, named = calls_in_files(files), permissions_in(files)
        for way in guarded(ways):
            is_shown = page.menu is None or consoles[page.menu] is way.console
            if not is_shown or (way.method, way.documented) not in calls or way.permission in named:
                continue
            if page.menu not in set(menus_that_grant(str(way.permission))):
                dead_ends.append((page.menu or str(page.view.relative_to(CONSOLE)), way.name))

    assert dead_ends == []


def test_a_call_that_the_reader_cannot_tell_fails_instead_of_being_left_out(tmp_path: Path) -> None:
    plain, hidden = tmp_path / "plain.ts", tmp_path / "hidden.ts"
    plain.write_text('api.GET("/platform/v1/logs");\napi.POST(\n  "/platform/v1/roles", { body });\n')
    hidden.write_text('api.request(method, "/platform/v1/logs");\n')

    assert calls_in_files([plain]) == {("GET", "/platform/v1/logs"), ("POST", "/platform/v1/roles")}
    with pytest.raises(AssertionError, match="/platform/v1/logs"):
        calls_in_files([hidden])
