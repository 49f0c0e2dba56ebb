"""Shoppers' routes of the order room: cart, checkout, orders and their payment."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from wanpu.crm import MemberDep, member_of
from wanpu.infra import idempotency
from wanpu.infra.http.access import names_caller
from wanpu.infra.http.errors import language_of
from wanpu.infra.http.fields import IdText
from wanpu.infra.http.hot_route import hot_route, validated
from wanpu.infra.http.json_answer import json_answer, json_bytes
from wanpu.infra.http.json_body import StrictJsonRoute, read_json
from wanpu.infra.http.paging import Cursor, CursorInvalid, Limit, decode_cursor, encode_cursor
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen
from wanpu.order import rules
from wanpu.order.api.dependencies import OrdersDep, orders_of
from wanpu.order.api.schemas import (
    CancelOut,
    CartItemAdd,
    CartItemChange,
    CartOut,
    CartSelection,
    OrderCountOut,
    OrderCreate,
    OrderDetailOut,
    OrderListOut,
    OrderOut,
    OrderPreviewIn,
    PaymentOut,
    PaymentStart,
    PreviewOut,
)
from wanpu.order.service import cart, closing, paying, placing, reading
from wanpu.order.states import OrderStatus
from wanpu.payment import PaymentView

router = APIRouter(prefix="/store/v1", tags=["orders"], route_class=StrictJsonRoute)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

SkuIds = Annotated[list[IdText], Query(min_length=1, max_length=rules.MAX_LINES)]


@router.get("/cart", response_model=CartOut)
async def get_cart(orders: OrdersDep, caller: MemberDep) -> Any:
    """查询购物车: rows per merchant with live prices and stock."""
    return json_answer(await cart.view_cart(orders.services, caller.member_id))


@router.post("/cart/items", response_model=CartOut, status_code=201)
async def add_cart_item(body: CartItemAdd, orders: OrdersDep, caller: MemberDep) -> Any:
    """添加购物车: make the row of this SKU, or add to it; the cart as it is then."""
    await cart.add_to_cart(orders.services, body.ask(caller.member_id))
    return json_answer(await cart.view_cart(orders.services, caller.member_id), status=201)


@router.patch("/cart/items/{sku_id}", response_model=CartOut)
async def change_cart_item(sku_id: IdText, body: CartItemChange, orders: OrdersDep, caller: MemberDep) -> Any:
    """修改购物车: the quantity, the tick, or both."""
    await cart.change_cart_item(
        orders.services, caller.member_id, sku_id, quantity=body.quantity, selected=body.selected
    )
    return json_answer(await cart.view_cart(orders.services, caller.member_id))


@router.delete("/cart/items", response_model=CartOut)
async def delete_cart_items(sku_id: SkuIds, orders: OrdersDep, caller: MemberDep) -> Any:
    """删除购物车: rows move to the history."""
    await cart.delete_from_cart(orders.services, caller.member_id, set(sku_id))
    return json_answer(await cart.view_cart(orders.services, caller.member_id))


@router.post("/cart/selection", response_model=CartOut)
async def select_cart(body: CartSelection, orders: OrdersDep, caller: MemberDep) -> Any:
    """全选 / 全不选."""
    await cart.select_cart(orders.services, caller.member_id, body.selected)
    return json_answer(await cart.view_cart(orders.services, caller.member_id))


@router.post("/orders/preview", response_model=PreviewOut)
async def preview_order(body: OrderPreviewIn, orders: OrdersDep, caller: MemberDep) -> Any:
    """订单预览: what a choice would cost now."""
    priced = await placing.preview_order(orders.services, body.choice(caller.member_id))
    return json_answer(_preview_json(priced))


@names_caller("member")
async def place_order(request: Request) -> Response:
    """下单: one order for the whole choice, split into one seller order per merchant."""
    orders = orders_of(request)
    caller = await member_of(request, orders.services)
    key = idempotency.validate_key(request.headers.get("idempotency-key"))
    sent = await read_json(request)
    body = validated(request, OrderCreate, sent)
    placed = await orders.lane.submit(
        placing.PlaceOrder(
            choice=body.choice(caller.member_id),
            expected_pay_fen=Fen(body.expected_pay_fen),
            key=key,
            fingerprint=idempotency.fingerprint(sent),
        )
    )
    headers = {"Idempotent-Replayed": "true"} if placed.is_replayed else {}
    return json_bytes(placed.body.encode(), status=placed.status, headers=headers)


HOT_ROUTES = [
    hot_route(
        "/store/v1/orders",
        place_order,
        method="POST",
        body=OrderCreate,
        answer=OrderOut,
        status=201,
        headers=["Idempotency-Key"],
        public=False,
        tags=["orders"],
    )
]


@router.get("/orders", response_model=OrderListOut)
async def list_orders(
    orders: OrdersDep,
    caller: MemberDep,
    status: OrderStatus | None = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Any:
    """订单列表, newest first, of one status or all."""
    page = await reading.list_orders(
        orders.services, caller.member_id, status=status, before=_read_cursor(cursor), limit=limit
    )
    return json_answer({"items": page.orders, "next_cursor": _write_cursor(page.next_before)})


@router.get("/orders/counts", response_model=OrderCountOut)
async def count_orders(orders: OrdersDep, caller: MemberDep) -> Any:
    """各状态的订单数, for badges."""
    counts = await reading.count_orders(orders.services, caller.member_id)
    return json_answer({status.name.lower(): counts.get(status, 0) for status in OrderStatus})


@router.get("/orders/{order_id}", response_model=OrderDetailOut)
async def get_order(order_id: IdText, request: Request, orders: OrdersDep, caller: MemberDep) -> Any:
    """订单详情, of one's own order."""
    language = language_of(request.scope)
    return json_answer(
        await reading.get_order(orders.services, caller.member_id, order_id, language=language)
    )


@router.post("/orders/{order_id}/cancel", response_model=CancelOut, responses={202: {"model": CancelOut}})
async def cancel_order(order_id: IdText, orders: OrdersDep, caller: MemberDep) -> Any:
    """取消订单."""
    status = await closing.cancel_order(orders.services, caller.member_id, order_id)
    answer = {"order_id": str(order_id), "status": int(status)}
    return json_answer(answer, status=200 if status is OrderStatus.CLOSED else 202)


@router.post("/orders/{order_id}/payments", response_model=PaymentOut, status_code=201)
async def start_payment(
    order_id: IdText, body: PaymentStart, request: Request, orders: OrdersDep, caller: MemberDep
) -> Any:
    """支付订单: the live attempt of the same method is given again."""
    view = await paying.start_payment(
        orders.services, caller.member_id, order_id, body.method, client_ip=_client_ip(request)
    )
    return PaymentOut(**_payment_fields(order_id, view))


@router.get("/payments/{payment_no}", response_model=PaymentOut)
async def get_payment(payment_no: str, orders: OrdersDep, caller: MemberDep) -> Any:
    """查询支付: as the server knows it."""
    order_id, view = await paying.find_payment(orders.services, caller.member_id, payment_no)
    return PaymentOut(**_payment_fields(order_id, view))


def _payment_fields(order_id: Id, view: PaymentView) -> dict[str, Any]:
    return {
        "payment_no": view.payment_no,
        "order_id": order_id,
        "method": view.method,
        "status": view.status.value,
        "amount_fen": view.amount_fen,
        "paid_at": view.paid_at,
        "expires_at": view.expires_at,
        "action": view.action,
    }


def _preview_json(priced: rules.PricedOrder) -> dict[str, Any]:
    return {
        "total_fen": priced.total_fen,
        "shipping_fen": priced.shipping_fen,
        "discount_fen": priced.discount_fen,
        "pay_fen": priced.pay_fen,
        "seller_orders": [
            {
                "merchant_id": str(part.merchant.merchant_id),
                "merchant_name": part.merchant.name,
                "item_total_fen": part.item_total_fen,
                "shipping_fen": part.shipping_fen,
                "discount_fen": part.discount_fen,
                "pay_fen": part.pay_fen,
                "items": [
                    {
                        "sku_id": str(item.line.sku.sku_id),
                        "spu_id": str(item.line.sku.spu_id),
                        "sku_name": item.line.sku.name,
                        "sku_spec": item.line.sku.spec,
                        "image_url": item.line.sku.image_url,
                        "quantity": item.line.quantity,
                        "price_fen": item.line.sku.price_fen,
                        "pay_fen": item.pay_fen,
                    }
                    for item in part.items
                ],
            }
            for part in priced.seller_orders
        ],
    }


def _read_cursor(cursor: str | None) -> tuple[datetime, Id] | None:
    if cursor is None:
        return None
    microseconds, order_id = decode_cursor(cursor, int, int)
    try:
        return EPOCH + int(microseconds) * MICROSECOND, Id(int(order_id))
    except OverflowError as error:
        raise CursorInvalid from error


def _write_cursor(position: tuple[datetime, Id] | None) -> str | None:
    if position is None:
        return None
    placed_at, order_id = position
    return encode_cursor([(placed_at - EPOCH) // MICROSECOND, order_id])


def _client_ip(request: Request) -> str | None:
    return request.client.host if request.client else None
