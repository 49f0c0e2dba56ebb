"""The consoles' API as one staff account: prepares what a journey finds, and looks behind its pages."""

import itertools
import json
from typing import Any, Self

from tests.browser.running_mall import ADMIN_PASSWORD, CAPTCHA
from tests.http import Answer, Caller

FIRST_PASSWORD = "a-Quiet-River-77"
OWN_PASSWORD = "a-Loud-Mountain-88"
SECRET = "CLOUD_STORAGE_CONFIG_KEY/{name}"

_numbers = itertools.count(1)


class StaffApi:
    """Calls with a bearer token; every refusal fails the test."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def sign_in(self, username: str, password: str) -> Self:
        """The API as this account."""
        captcha = await self.get("/console/v1/auth/captcha")
        body = {"username": username, "password": password, "uuid": captcha["uuid"], "captcha": CAPTCHA}
        opened = await self.post("/console/v1/auth/login", body)
        return type(self)(self._caller.with_token(opened["token"]))

    async def as_admin(self) -> Self:
        """The API as the super administrator."""
        return await self.sign_in("admin", ADMIN_PASSWORD)

    async def hire(self, *permissions: str) -> str:
        """A new account whose role has every menu that grants one of these; its name. It still has its
        first password."""
        number = next(_numbers)
        menus = await self.get("/platform/v1/menus")
        role = await self.post(
            "/platform/v1/roles",
            {"role_name": f"journey {number}", "remark": "", "menu_ids": menus_granting(menus, permissions)},
        )
        username = f"lin.{number}"
        body = {
            "username": username,
            "password": FIRST_PASSWORD,
            "email": f"lin{number}@example.com",
            "mobile": f"138{number:08d}",
            "role_ids": [role["role_id"]],
        }
        await self.post("/platform/v1/staff", body)
        return username

    async def hire_settled(self, *permissions: str) -> str:
        """A new account that has a password of its own already; its name."""
        username = await self.hire(*permissions)
        await self.settle(username)
        return username

    async def colleague(self, *permissions: str) -> Self:
        """The API as a new account that has a password of its own already."""
        return await self.settle(await self.hire(*permissions))

    async def merchant_owner(self, merchant_id: str) -> str:
        """A new account that may do everything for this merchant and has a password of its own; its name."""
        username = f"owner.{next(_numbers)}"
        first = {"username": username, "password": FIRST_PASSWORD}
        await self.post(f"/platform/v1/merchants/{merchant_id}/staff", first)
        await self.settle(username)
        return username

    async def demand_four_eyes(self) -> None:
        """Changing a secret takes somebody else's agreement from now on."""
        configs = await self.get("/platform/v1/configs")
        (policy,) = [one for one in configs["items"] if one["param_key"] == "APPROVAL_POLICY"]
        change = {name: policy[name] for name in ("version", "status", "remark")}
        value = json.dumps({"secretChange": True})
        await self._send(
            "PUT", f"/platform/v1/configs/{policy['config_id']}", change | {"param_value": value}
        )

    async def ask_for_secret(self, name: str, reason: str) -> str:
        """Ask to change a secret of the file storage; the number of the request."""
        path = f"/platform/v1/secrets/{SECRET.format(name=name)}"
        answer = await self._send("PUT", path, {"secret": "s3-secret-of-tests", "reason": reason})
        return str(answer["approval_id"])

    async def approval(self, approval_id: str) -> dict[str, Any]:
        """One request as it stands."""
        return dict(await self.get(f"/platform/v1/approvals/{approval_id}"))

    async def grant_only(self, role_id: str, *permissions: str) -> None:
        """Leave a role just the menus that grant one of these."""
        menus = await self.get("/platform/v1/menus")
        await self.patch(f"/platform/v1/roles/{role_id}", {"menu_ids": menus_granting(menus, permissions)})

    async def get(self, path: str) -> Any:
        return await self._send("GET", path)

    async def post(self, path: str, body: Any = None) -> Any:
        return await self._send("POST", path, body)

    async def put(self, path: str, body: Any) -> Any:
        return await self._send("PUT", path, body)

    async def patch(self, path: str, body: Any) -> Any:
        return await self._send("PATCH", path, body)

    async def delete(self, path: str) -> Any:
        return await self._send("DELETE", path)

    async def settle(self, username: str) -> Self:
        """Give a new account a password of its own; the API as that account."""
        fresh = await self.sign_in(username, FIRST_PASSWORD)
        passwords = {"old_password": FIRST_PASSWORD, "new_password": OWN_PASSWORD}
        await fresh.post("/console/v1/auth/password", passwords)
        return fresh

    async def attempt(self, method: str, path: str) -> Answer:
        """One call without a body, whatever comes of it."""
        return await self._caller.send(method, path)

    async def _send(self, method: str, path: str, body: Any = None) -> Any:
        answer: Answer = await self._caller.send(method, path, body)
        assert answer.status < 400, (method, path, answer.status, answer.body)
        return answer.body


def menus_granting(tree: Any, permissions: tuple[str, ...]) -> list[str]:
    """Ids of the menus that grant one of these, with everything above them."""
    found = []
    for node in tree["items"] if isinstance(tree, dict) else tree:
        below = menus_granting(node["children"], permissions)
        if below or set(permissions) & set(node["perms"]):
            found += [node["menu_id"], *below]
    return found
