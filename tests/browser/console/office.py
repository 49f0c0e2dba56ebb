"""An office that has been at work for a week: what the pictures of the console's guide show."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import FilePayload
from tests.browser.console.staff_api import FIRST_PASSWORD, StaffApi, menus_granting
from tests.browser.running_mall import RunningMall

ROLES = {
    "Customer service": ("sys:log:list", "sys:loginlog:list", "sys:approval:list"),
    "Catalogue editor": ("sys:oss:all",),
    "Night shift": ("sys:schedule:list", "sys:schedule:run", "sys:schedule:log", "sys:health:list"),
    "Auditor": ("sys:user:list", "sys:role:list", "sys:log:list"),
}
PEOPLE = {
    "chen.yu": "Customer service",
    "li.na": "Catalogue editor",
    "wang.lei": "Night shift",
    "zhao.min": "Auditor",
    "sun.jia": "Customer service",
    "zhou.ke": "Catalogue editor",
}
SIGN_INS = ((14, 1), (17, 0), (15, 2), (21, 1), (9, 0), (8, 3))
"""How many signed in and how many were refused on each day before today, the oldest first."""
NOTICE = "shop.notice"
NOTICES = (
    "Free delivery from 99 yuan",
    "Free delivery from 79 yuan",
    "Free delivery from 59 yuan until Sunday",
)
DEMO = Path(__file__).parents[3] / "src" / "wanpu" / "static" / "demo"
PICTURES = (
    "bear-plate",
    "camp-lantern",
    "dipped-mug",
    "enamel-pot",
    "harbour-tote",
    "loop-teapot",
    "morning-coffee",
    "olive-vase",
    "pleated-lamp",
    "ridge-tent",
)


def pictures() -> list[FilePayload]:
    """Ten of the demo's pictures as somebody would choose them."""
    return [
        {"name": f"{name}.webp", "mimeType": "image/webp", "buffer": (DEMO / f"{name}-0.webp").read_bytes()}
        for name in PICTURES
    ]


async def settle_in(house: RunningMall, admin: StaffApi) -> None:
    """Roles and people, what they did, and how often they signed in."""
    sign_in_before(house)
    staff = await hire_people(admin, await make_roles(admin))
    for username in ("li.na", "wang.lei", "zhao.min"):
        await admin.settle(username)
    await admin.post(f"/platform/v1/staff/{staff['zhou.ke']}/disable")
    await admin.patch(
        f"/platform/v1/staff/{staff['chen.yu']}",
        {"email": "yu.chen@example.com", "mobile": "13900139000", "allowed_ips": ["10.20.0.0/16"]},
    )
    await write_notices(admin)


async def make_roles(admin: StaffApi) -> dict[str, str]:
    """Their ids by name."""
    menus = await admin.get("/platform/v1/menus")
    made = {}
    for name, permissions in ROLES.items():
        body = {"role_name": name, "remark": "", "menu_ids": menus_granting(menus, permissions)}
        made[name] = (await admin.post("/platform/v1/roles", body))["role_id"]
    return made


async def hire_people(admin: StaffApi, role_ids: dict[str, str]) -> dict[str, str]:
    """Their ids by name."""
    hired = {}
    for number, (username, role) in enumerate(PEOPLE.items()):
        body: dict[str, Any] = {
            "username": username,
            "password": FIRST_PASSWORD,
            "email": f"{username}@example.com",
            "mobile": f"1380013{number:04d}",
            "role_ids": [role_ids[role]],
        }
        hired[username] = (await admin.post("/platform/v1/staff", body))["user_id"]
    return hired


async def write_notices(admin: StaffApi) -> None:
    """One setting in three versions."""
    first = {"param_key": NOTICE, "param_value": NOTICES[0], "status": 1, "remark": "Above the home page"}
    config = await admin.post("/platform/v1/configs", first)
    for version, notice in enumerate(NOTICES[1:], start=1):
        change = {"version": version, "param_value": notice, "status": 1, "remark": "Above the home page"}
        await admin.put(f"/platform/v1/configs/{config['config_id']}", change)


def sign_in_before(house: RunningMall) -> None:
    """Sign-ins of the days before today, which nobody can make now."""
    today = datetime.now(UTC).replace(microsecond=0)
    names = list(PEOPLE)
    for days, (signed_in, refused) in enumerate(reversed(SIGN_INS), start=1):
        for number in range(signed_in + refused):
            is_success = number < signed_in
            house.change_rows(
                "INSERT INTO login_log (username, event, reason, is_success, ip, user_agent, created_at)"
                " VALUES (?, ?, ?, ?, '10.20.3.7', '', ?)",
                names[number % len(names)],
                "signed_in" if is_success else "refused",
                "" if is_success else "auth.wrong_credentials",
                int(is_success),
                (today - timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S.000000"),
            )
