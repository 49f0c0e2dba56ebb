"""The pay link: from an order's number to the cashier of its payment."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from wanpu.infra.http.access import public
from wanpu.order.api.dependencies import OrdersDep
from wanpu.order.service import paying

router = APIRouter(tags=["cashier"])


@router.get("/pay/{order_no}", include_in_schema=False)
@public
async def open_cashier(order_no: str, request: Request, orders: OrdersDep, t: str = "") -> Response:
    """Make the payment when it does not stand yet, and go to its cashier."""
    client_ip = request.client.host if request.client else None
    url = await paying.open_cashier(orders.services, order_no[:32], t[:64], client_ip=client_ip)
    return RedirectResponse(url, status_code=303)
