"""Orders that tests begin with, and how they stand on the server."""

from typing import Any

from tests.browser.shopper import Shopper


async def order_of_two_shops(me: Shopper) -> dict[str, Any]:
    """An unpaid order of ¥0.51: a pencil of one shop and a sample of hand cream of another."""
    address_id = await me.store.add_address()
    pencil = await me.store.sku("原木三角铅笔", "HB")
    cream = await me.store.sku("花信护手霜试用装", "栀子")
    return await me.store.place_order(address_id, pencil["sku_id"], cream["sku_id"])


async def status_of(me: Shopper, order: dict[str, Any]) -> tuple[str, list[str]]:
    """The order's status and its shops' as the server has them."""
    now = await me.store.order(order["order_id"])
    return now["status_name"], [seller["status_name"] for seller in now["seller_orders"]]


async def attempt_numbers(me: Shopper, order: dict[str, Any]) -> list[str]:
    """What the channel knows the order's payment by, the first attempt first."""
    payment = await me.store.payment(order["order_id"])
    rows = me.house.read_rows(
        "SELECT attempt_no FROM payment_attempt JOIN payment ON payment.id = payment_id"
        " WHERE payment_no = ? ORDER BY payment_attempt.created_at",
        payment["payment_no"],
    )
    return [attempt_no for (attempt_no,) in rows]
