"""Orders as their readers see them: the JSON of API answers, built from rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from wanpu.kernel.clock import iso_utc
from wanpu.order.states import OrderStatus, SellerOrderStatus

Row = Mapping[str, Any]

TIMELINE_TEXTS = {
    "zh": {
        "placed": "提交订单，等待付款",
        "close_requested": "申请取消订单",
        "paid": "付款成功，等待商家发货",
        "closed": "订单已关闭",
        "unfulfillable": "付款后库存不足，商家订单已关闭，款项将原路退回",
    },
    "en": {
        "placed": "Order placed, waiting for payment",
        "close_requested": "Closing was requested",
        "paid": "Paid, waiting to be shipped",
        "closed": "Order closed",
        "unfulfillable": "Sold out after payment: this part is closed and its money goes back",
    },
}


def item_json(row: Row) -> dict[str, Any]:
    """One order item."""
    return {
        "order_item_id": str(row["id"]),
        "sku_id": str(row["sku_id"]),
        "spu_id": str(row["spu_id"]),
        "sku_name": row["sku_name"],
        "sku_spec": row["sku_spec"],
        "image_url": row["image_url"],
        "quantity": row["quantity"],
        "price_fen": row["origin_price"],
        "pay_fen": row["pay_fee"],
    }


def seller_order_json(row: Row, items: Sequence[Row]) -> dict[str, Any]:
    """One seller order with its items."""
    status = SellerOrderStatus(row["status"])
    return {
        "seller_order_id": str(row["id"]),
        "merchant_id": str(row["merchant_id"]),
        "merchant_name": row["merchant_name"],
        "status": int(status),
        "status_name": status.name.lower(),
        "item_total_fen": row["item_total_fee"],
        "shipping_fen": row["shipping_fee"],
        "discount_fen": row["discount_fee"],
        "pay_fen": row["pay_fee"],
        "wx_transaction_id": row["wx_transaction_id"],
        "paid_at": _time(row["paid_at"]),
        "buyer_remark": row["buyer_remark"],
        "items": [item_json(item) for item in items],
    }


def order_json(
    row: Row, seller_orders: Sequence[Row], items: Sequence[Row], *, cashier_url: str
) -> dict[str, Any]:
    """An order with its seller orders and items."""
    status = OrderStatus(row["status"])
    by_seller: dict[int, list[Row]] = {}
    for item in items:
        by_seller.setdefault(item["seller_order_id"], []).append(item)
    return {
        "order_id": str(row["id"]),
        "order_no": row["order_no"],
        "status": int(status),
        "status_name": status.name.lower(),
        "total_fen": row["total_fee"],
        "shipping_fen": row["shipping_fee"],
        "discount_fen": row["discount_fee"],
        "pay_fen": row["pay_fee"],
        "should_paid_before": iso_utc(row["should_paid_before"]),
        "is_closing": row["close_requested_at"] is not None and status is OrderStatus.TO_PAY,
        "paid_at": _time(row["paid_at"]),
        "created_at": iso_utc(row["created_at"]),
        "cashier_url": cashier_url,
        "seller_orders": [
            seller_order_json(seller, by_seller.get(seller["id"], [])) for seller in seller_orders
        ],
    }


def address_json(row: Row) -> dict[str, Any]:
    """Where a seller order goes."""
    fields = ("name", "tel", "province", "city", "area", "addr", "post_code")
    return {f"recv_{field}": row[f"recv_{field}"] for field in fields}


def timeline_json(logs: Sequence[Row], language: str) -> list[dict[str, Any]]:
    """The steps of an order, oldest first."""
    texts = TIMELINE_TEXTS[language]
    return [
        {"at": iso_utc(log["created_at"]), "event": log["event"], "text": texts[log["event"]]} for log in logs
    ]


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else iso_utc(moment)
