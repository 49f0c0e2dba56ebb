"""The shop's API as a test uses it: to prepare a journey, and to look behind the pages at its end."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.http import Caller

PASSWORD = "correct horse 42"
_numbers = count(1)


@dataclass(frozen=True)
class Person:
    """Name and number that nobody has used yet in this run."""

    username: str
    mobile: str
    password: str = PASSWORD


def new_person() -> Person:
    """Somebody who has no account yet."""
    number = next(_numbers)
    return Person(f"xiaohe{number}", f"139{number:08d}")


class StoreApi:
    """The store's API as one member."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @property
    def token(self) -> str | None:
        return self._caller.token

    async def register(self, person: Person) -> "StoreApi":
        """The API as this new member."""
        body = {"username": person.username, "mobile": person.mobile, "password": person.password}
        return StoreApi(self._caller.with_token((await self._post("/auth/register", body))["token"]))

    async def sign_in(self, account: str, password: str) -> "StoreApi":
        """The API as a member that exists."""
        body = {"account": account, "password": password}
        return StoreApi(self._caller.with_token((await self._post("/auth/login", body))["token"]))

    async def product(self, title: str) -> dict[str, Any]:
        """The one product whose title begins so, with its SKUs."""
        words = title.split(maxsplit=1)[0]
        found = await self.get("/products", query={"keyword": words, "limit": "100"})
        (spu_id,) = [item["spu_id"] for item in found["items"] if item["title"].startswith(title)]
        return await self.get(f"/products/{spu_id}")

    async def sku(self, title: str, spec: str) -> dict[str, Any]:
        """One variant of a product."""
        skus: list[dict[str, Any]] = (await self.product(title))["skus"]
        (sku,) = [sku for sku in skus if sku["spec"] == spec]
        return sku

    async def add_address(self) -> str:
        """A default address; its id."""
        body = {
            "recv_name": "林晓禾",
            "recv_tel": "13800138000",
            "recv_province": "浙江省",
            "recv_city": "杭州市",
            "recv_area": "西湖区",
            "recv_addr": "文三路 188 号 3 幢 502 室",
            "is_default": True,
        }
        return str((await self._post("/addresses", body))["address_id"])

    async def add_to_cart(self, sku_id: str, quantity: int = 1) -> None:
        await self._post("/cart/items", {"sku_id": sku_id, "quantity": quantity, "source": 3})

    async def place_order(self, address_id: str, *sku_ids: str) -> dict[str, Any]:
        """Buy one of each SKU directly."""
        choice = {
            "from_cart": False,
            "items": [{"sku_id": sku_id, "quantity": 1} for sku_id in sku_ids],
            "address_id": address_id,
        }
        seen = await self._post("/orders/preview", choice)
        key = f"browser-{next(_numbers)}"
        return await self._post(
            "/orders", choice | {"expected_pay_fen": seen["pay_fen"]}, headers={"Idempotency-Key": key}
        )

    async def start_payment(self, order_id: str) -> dict[str, Any]:
        """Begin to pay by scanning a code; its text is the `content` of the answer's `action`."""
        return await self._post(f"/orders/{order_id}/payments", {"method": "wechatpay.native"})

    async def cart(self) -> dict[str, Any]:
        return await self.get("/cart")

    async def orders(self) -> list[dict[str, Any]]:
        """Newest first."""
        items: list[dict[str, Any]] = (await self.get("/orders"))["items"]
        return items

    async def order(self, order_id: str) -> dict[str, Any]:
        return await self.get(f"/orders/{order_id}")

    async def payment(self, order_id: str) -> dict[str, Any]:
        """The payment of an order."""
        number = (await self.order(order_id))["payment_no"]
        return await self.get(f"/payments/{number}")

    async def status_with(self, token: str, path: str) -> int:
        """What a GET below /store/v1 answers to somebody with this token."""
        return (await self._caller.with_token(token).get(f"/store/v1{path}")).status

    async def get(self, path: str, **options: Any) -> dict[str, Any]:
        """What a GET below /store/v1 answers; anything but 200 raises."""
        answer = await self._caller.get(f"/store/v1{path}", **options)
        assert answer.status == 200, (path, answer.status, answer.body)
        body: dict[str, Any] = answer.body
        return body

    async def _post(self, path: str, body: dict[str, Any], **options: Any) -> dict[str, Any]:
        answer = await self._caller.post(f"/store/v1{path}", body, **options)
        assert answer.status in (200, 201), (path, answer.status, answer.body)
        said: dict[str, Any] = answer.body
        return said
