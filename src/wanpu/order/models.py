"""Cart, orders and seller orders. Rows of the member carry `wx_user_id`, by which they are sharded."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wanpu.infra.columns import BigInt, GrowingInt, IntStatus, code_text, json_value, name_text
from wanpu.infra.tables import Base, PrimaryId, Stamped
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen
from wanpu.order.states import CartSource, OrderStatus, SellerOrderStatus
from wanpu.product import StockStrategy


class CartLine:
    """What a cart row remembers, in the cart and in its history."""

    wx_user_id: Mapped[Id]
    merchant_id: Mapped[Id]
    spu_id: Mapped[Id]
    sku_id: Mapped[Id]
    sku_name: Mapped[str] = mapped_column(name_text(128))
    sku_spec: Mapped[str] = mapped_column(name_text(255), default="")
    quantity: Mapped[int] = mapped_column(Integer)
    price: Mapped[Fen]  # when it was added; fen
    source: Mapped[CartSource] = mapped_column(IntStatus(CartSource), default=CartSource.UNKNOWN)


class CartItem(CartLine, Stamped, Base):
    """购物车: one row per member and SKU."""

    __tablename__ = "shopping_cart_item"

    id: Mapped[PrimaryId]
    selected: Mapped[bool] = mapped_column(Boolean, default=True)

    __table_args__ = (
        UniqueConstraint("wx_user_id", "sku_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )


class CartItemHistory(CartLine, Base):
    """购物车历史: rows that were ordered or deleted, kept for analysis."""

    __tablename__ = "shopping_cart_item_his"

    id: Mapped[PrimaryId]  # the cart row's id
    sci_created_at: Mapped[datetime]
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "wx_user_id"),)


class Order(Stamped, Base):
    """订单: one checkout of one member, paid at once. Lock this row before its seller orders.

    `payment_no` is drawn with the order; the payment itself is made when the buyer pays.
    """

    __tablename__ = "order"

    id: Mapped[PrimaryId]  # serial << 32 | member id
    order_no: Mapped[str] = mapped_column(code_text(32), unique=True)
    payment_no: Mapped[str] = mapped_column(code_text(32), unique=True)
    wx_user_id: Mapped[Id]
    status: Mapped[OrderStatus] = mapped_column(IntStatus(OrderStatus), default=OrderStatus.TO_PAY)
    total_fee: Mapped[Fen]  # goods + shipping; fen
    shipping_fee: Mapped[Fen]
    discount_fee: Mapped[Fen] = mapped_column(BigInt, default=0)
    adjust_fee: Mapped[Fen | None] = mapped_column(BigInt)  # total after a change of price; NULL: not changed
    pay_fee: Mapped[Fen]
    should_paid_before: Mapped[datetime]
    close_requested_at: Mapped[datetime | None]
    close_reason: Mapped[str | None] = mapped_column(code_text(24))
    paid_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "wx_user_id", "created_at", "id"),
        Index(None, "wx_user_id", "status", "created_at", "id"),
        CheckConstraint("pay_fee >= 0", name="pay_not_negative"),
    )


class SellerOrder(Stamped, Base):
    """商家订单: one merchant's part of an order."""

    __tablename__ = "seller_order"

    id: Mapped[PrimaryId]  # serial << 32 | merchant id
    order_id: Mapped[Id]
    wx_user_id: Mapped[Id]
    merchant_id: Mapped[Id]
    merchant_name: Mapped[str] = mapped_column(name_text(128))
    status: Mapped[SellerOrderStatus] = mapped_column(
        IntStatus(SellerOrderStatus), default=SellerOrderStatus.TO_PAY
    )
    should_paid_before: Mapped[datetime]
    wx_transaction_id: Mapped[str | None] = mapped_column(code_text(32), unique=True)
    paid_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    profit_share_rate_bp: Mapped[int] = mapped_column(Integer)  # the merchant's rate when it was ordered
    total_fee: Mapped[Fen]
    item_total_fee: Mapped[Fen]
    shipping_fee: Mapped[Fen]
    discount_fee: Mapped[Fen] = mapped_column(BigInt, default=0)
    adjust_fee: Mapped[Fen | None] = mapped_column(BigInt)
    pay_fee: Mapped[Fen]
    recv_name: Mapped[str] = mapped_column(name_text(100))
    recv_tel: Mapped[str] = mapped_column(code_text(20))
    recv_province: Mapped[str] = mapped_column(name_text(50))
    recv_city: Mapped[str] = mapped_column(name_text(50))
    recv_area: Mapped[str] = mapped_column(name_text(50))
    recv_addr: Mapped[str] = mapped_column(name_text(255))
    recv_post_code: Mapped[str] = mapped_column(code_text(6), default="")
    buyer_remark: Mapped[str] = mapped_column(name_text(255), default="")
    seller_remark: Mapped[str] = mapped_column(name_text(255), default="")

    __table_args__ = (
        UniqueConstraint("order_id", "merchant_id"),
        Index(None, "merchant_id", "status", "id"),
        CheckConstraint("pay_fee >= 0", name="pay_not_negative"),
    )


class OrderItem(Stamped, Base):
    """订单明细: one SKU as it was ordered. `pay_fee` holds its share of freight and discount."""

    __tablename__ = "order_item"

    id: Mapped[PrimaryId]
    order_id: Mapped[Id]
    seller_order_id: Mapped[Id]
    wx_user_id: Mapped[Id]
    merchant_id: Mapped[Id]
    spu_id: Mapped[Id]
    sku_id: Mapped[Id]
    sku_name: Mapped[str] = mapped_column(name_text(128))
    sku_spec: Mapped[str] = mapped_column(name_text(255), default="")
    image_url: Mapped[str | None] = mapped_column(code_text(255))
    snap_version: Mapped[int] = mapped_column(Integer)
    stock_strategy: Mapped[StockStrategy] = mapped_column(IntStatus(StockStrategy))
    quantity: Mapped[int] = mapped_column(Integer)
    origin_price: Mapped[Fen]
    total_fee: Mapped[Fen]
    pay_fee: Mapped[Fen]

    __table_args__ = (
        Index(None, "order_id"),
        Index(None, "seller_order_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )


class OrderLog(Base):
    """订单日志: every step of an order, one timeline. `status` is the order's after the step."""

    __tablename__ = "order_log"

    id: Mapped[Id] = mapped_column(GrowingInt, primary_key=True)
    order_id: Mapped[Id]
    seller_order_id: Mapped[Id | None] = mapped_column(BigInt)
    event: Mapped[str] = mapped_column(code_text(32))
    status: Mapped[OrderStatus] = mapped_column(IntStatus(OrderStatus))
    details: Mapped[dict[str, Any]] = mapped_column(json_value())
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "order_id", "id"),)
