"""Every page opens with its permissions alone, and no button is there without its own; later rows as well."""

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect
from pydantic import SecretStr
from tests.browser.console.operator import DESK, Operator
from tests.browser.console.permission_pages import Grants, GuardedPage, all_permissions, guarded_pages
from tests.browser.console.staff_api import OWN_PASSWORD, StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.running_mall import RunningMall
from tests.conftest import TEST_MASTER_KEY
from tests.ways import Way, staff_ways

from wanpu.app import create_app
from wanpu.infra.settings import Settings
from wanpu.mall import open_mall

pytestmark = [
    *BROWSER_TEST,
    pytest.mark.timeout(300),
    pytest.mark.parametrize("screen", [DESK], ids=["desk"], indirect=True),
]

PAGE_ROWS = [f"S0-{number}" for number in (132, 133, 134, 135, 137, 158, 159, 160)]
BUTTON_ROWS = [f"S0-{number}" for number in range(138, 159)]

ROWS = '[data-testid="list-row"], [data-testid="list-empty"], [data-testid^="menu-row-"]'
REFUSED = '[data-testid="list-failure"], .menu-page [role="alert"]'
HOOKS = {
    "sys:user:info": '[data-testid="row-open"]',
    "sys:approval:info": '[data-testid="row-open"]',
    "sys:schedule:info": '[data-testid="row-open"]',
    "sys:role:select": '[data-testid="field-roles"]',
}
"""What shows that somebody has a permission that no button of the page itself takes."""

QUERIES = {"sys/approval": "?status=pending", "sys/dead-letter": "?is_open=true"}
REVEALS = {
    "sys/user": ("more-staff", "add-staff"),
    "job/schedule": ("row-open",),
    "sys/approval": ("row-open",),
}
"""What is pressed on a page, where it is there, so that all of its buttons come to light."""
OPENED = {
    "more-staff": '[data-testid="staff-remove"], [data-testid="staff-reset"]',
    "add-staff": '[data-testid="field-username"]',
    "row-open": '[data-testid="detail"]',
}

_numbers = itertools.count(1)


@dataclass
class Account:
    """Somebody whose permissions change between two looks at a page."""

    operator: Operator
    api: StaffApi
    grants: Grants

    async def look_at(self, page: GuardedPage, *, sees_rows: bool) -> None:
        """Open a page anew, which shows rows or that it may not, and bring to light what stands on it."""
        await self.operator.open(f"/{page.url}{QUERIES.get(page.url, '')}")
        await expect(self.operator.page.locator(ROWS if sees_rows else REFUSED).first).to_be_attached()
        for test_id in REVEALS.get(page.url, ()):
            button = self.operator.seen(test_id).first
            if await button.count() > 0:
                await button.click()
                await expect(self.operator.page.locator(OPENED[test_id]).first).to_be_attached()


@pytest_asyncio.fixture(loop_scope="session")
async def account(operator: Operator, admin_api: StaffApi) -> AsyncIterator[Account]:
    """A new account with nothing yet, signed in."""
    username = await admin_api.hire_settled()
    api = await admin_api.sign_in(username, OWN_PASSWORD)
    user_id = (await api.get("/console/v1/me"))["user_id"]
    (role,) = (await admin_api.get(f"/platform/v1/staff/{user_id}"))["roles"]
    grants = Grants(admin_api, role["role_id"])
    await operator.sign_in(username, OWN_PASSWORD)
    yield Account(operator, api, grants)
    await grants.take_away()


@pytest_asyncio.fixture(loop_scope="session")
async def ways(tmp_path: Path) -> list[Way]:
    """Every route of staff."""
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path,
        database_url=f"sqlite+aiosqlite:///{tmp_path}/unused.sqlite3",
        master_key=SecretStr(TEST_MASTER_KEY),
    )
    return staff_ways(create_app(await open_mall(settings), works_in_background=False))


async def fill_pages(house: RunningMall, admin: StaffApi, api: StaffApi) -> list[str]:
    """Something on every page that the account looks after, so that every button has its row; what others
    should not find afterwards."""
    number = next(_numbers)
    await api.post("/platform/v1/roles", {"role_name": f"of {number}"})
    colleague = {"username": f"wu.{number}", "password": OWN_PASSWORD}
    await api.post("/platform/v1/staff", colleague)
    await admin.sign_in(colleague["username"], OWN_PASSWORD)
    config = await admin.post("/platform/v1/configs", {"param_key": f"FREE_{number}", "param_value": "1"})
    job = {"bean_name": "testTask", "trigger": {"kind": "cron", "expression": "0 0 0 1 1 ?"}, "params": "x"}
    paused = await admin.post("/platform/v1/jobs", job)
    await admin.post(f"/platform/v1/jobs/{paused['job_id']}/pause")
    await admin.demand_four_eyes()
    await admin.ask_for_secret("aliyunAccessKeySecret", "a new pair of keys")
    bury_event(house)
    return [
        f"/platform/v1/configs/{config['config_id']}?version=1",
        f"/platform/v1/jobs/{paused['job_id']}",
    ]


def bury_event(house: RunningMall) -> None:
    """An event that its handler refused for good."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    house.change_rows(
        "INSERT INTO outbox_event"
        " (name, aggregate, payload, request_id, attempts, due_at, dead_at, created_at)"
        " VALUES ('thing.made', 'thing:1', '{}', '', 10, ?, ?, ?)",
        *(now, now, now),
    )
    house.change_rows(
        "INSERT INTO dead_letter (event_id, handler, name, payload, error, attempts, created_at, updated_at)"
        " SELECT max(id), 'order.settle', 'thing.made', '{}', 'poison', 10, ?, ? FROM outbox_event",
        *(now, now),
    )


def hook_of(page: GuardedPage, permission: str) -> str:
    """What is there on a page for whoever has the permission, and for nobody else."""
    if permission == page.view:
        return ROWS
    return HOOKS.get(permission, f'[data-permission~="{permission}"]')


@pytest.mark.requirement(*PAGE_ROWS)
async def test_a_page_opens_under_its_menus_name_with_its_permissions_and_not_with_all_others(
    account: Account,
) -> None:
    operator = account.operator
    operator.watch.expect(403)
    pages = guarded_pages()
    assert len(pages) >= 15
    await expect(operator.page.get_by_role("navigation").get_by_text("系统管理")).to_have_count(0)

    await account.grants.give(all_permissions())
    for page in pages:
        await operator.open(f"/{page.url}")
        await expect(operator.page.get_by_role("heading", level=1)).to_have_text(page.name)
        await expect(operator.seen(f"menu-{page.url}")).to_have_text(page.name)

    for page in pages:
        await account.grants.give(all_permissions() - set(page.permissions))
        await operator.open(f"/{page.url}")
        await expect(operator.seen("forbidden-view")).to_be_visible()
        await expect(operator.seen(f"menu-{page.url}")).to_have_count(0)


@pytest.mark.requirement(*BUTTON_ROWS)
async def test_a_button_is_there_with_its_permission_alone_and_the_mall_refuses_who_has_not_got_it(
    account: Account, admin_api: StaffApi, ways: list[Way]
) -> None:
    page_of = account.operator.page
    account.operator.watch.expect(403)
    await account.grants.give(all_permissions())
    made = await fill_pages(account.operator.house, admin_api, account.api)
    pages = [page for page in guarded_pages() if len(page.permissions) > 1]

    missing, left = [], []
    for page in pages:
        await account.look_at(page, sees_rows=True)
        for permission in page.permissions:
            if await page_of.locator(hook_of(page, permission)).count() == 0:
                missing.append(f"{page.url}: {permission}")
    for permission in sorted(all_permissions()):
        await account.grants.give(all_permissions() - {permission})
        for way in ways:
            if way.permission == permission:
                answer = await account.api.attempt(way.method, way.address())
                assert answer.refusal == (403, "auth.forbidden"), way.name
                assert answer.body["details"] == {"permission": permission}, way.name
        for page in pages:
            if permission in page.permissions:
                await account.look_at(page, sees_rows=permission != page.view)
                if await page_of.locator(hook_of(page, permission)).count() > 0:
                    left.append(f"{page.url}: {permission}")

    assert missing == []
    assert left == []
    for path in made:
        await admin_api.delete(path)
    account.operator.house.change_rows("DELETE FROM dead_letter WHERE name = 'thing.made'")
