"""The platform console's pages as its menus describe them, and a role that grants just what a test wants."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.browser.console.staff_api import StaffApi

from wanpu.system.base_rows.platform_menus import PLATFORM_MENUS
from wanpu.system.rules.access import split_permissions
from wanpu.system.states import MenuType


@dataclass(frozen=True)
class GuardedPage:
    """A page and every permission of its menu and its buttons; the first one shows what the page is about."""

    menu_id: str
    url: str
    name: str
    permissions: tuple[str, ...]

    @property
    def view(self) -> str:
        return self.permissions[0]


def guarded_pages() -> list[GuardedPage]:
    """Every page of the platform's console."""
    found = []
    for row in PLATFORM_MENUS:
        if row.type is not MenuType.MENU:
            continue
        buttons = [one for one in PLATFORM_MENUS if one.parent_id == row.menu_id]
        columns = [one.perms.split(",") for one in (row, *buttons) if one.perms]
        permissions = tuple(dict.fromkeys(permission for column in columns for permission in column))
        assert row.url is not None
        found.append(GuardedPage(str(row.menu_id), row.url, row.name, permissions))
    assert {one for page in found for one in page.permissions} == all_permissions()
    return found


def all_permissions() -> frozenset[str]:
    """Everything that the platform's menus grant."""
    return split_permissions(row.perms for row in PLATFORM_MENUS if row.perms)


@dataclass
class Grants:
    """The only role of one account: a button on every page that grants what the test says."""

    admin: StaffApi
    role_id: str
    _buttons: dict[str, str] = field(default_factory=dict)
    _given: dict[str, tuple[str, ...]] = field(default_factory=dict)

    async def give(self, permissions: Iterable[str]) -> None:
        """Let the account have exactly these, from its next request on."""
        wanted = set(permissions)
        for page in guarded_pages():
            perms = tuple(one for one in page.permissions if one in wanted)
            if perms and self._given.get(page.url) != perms:
                await self._write(page, perms)
            self._given[page.url] = perms
        menu_ids = [self._buttons[url] for url, perms in self._given.items() if perms]
        await self.admin.patch(f"/platform/v1/roles/{self.role_id}", {"menu_ids": menu_ids})

    async def take_away(self) -> None:
        """Remove what was made for this."""
        await self.give(())
        for menu_id in self._buttons.values():
            await self.admin.delete(f"/platform/v1/menus/{menu_id}")

    async def _write(self, page: GuardedPage, perms: tuple[str, ...]) -> None:
        if page.url in self._buttons:
            await self.admin.patch(f"/platform/v1/menus/{self._buttons[page.url]}", {"perms": list(perms)})
            return
        body: dict[str, Any] = {"type": 2, "parent_id": page.menu_id, "name": "一部分", "perms": list(perms)}
        self._buttons[page.url] = (await self.admin.post("/platform/v1/menus", body))["menu_id"]
