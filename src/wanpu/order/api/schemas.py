"""Bodies and answers of the order room's HTTP surface; examples stand in the API page."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from wanpu.infra.http.fields import Body, IdText, Out, UtcTime
from wanpu.kernel.ids import Id
from wanpu.kernel.money import MAX_FEN, Fen
from wanpu.order.rules import MAX_LINES, MAX_QUANTITY
from wanpu.order.service.cart import AddToCart
from wanpu.order.service.shelf import Choice
from wanpu.order.states import CartSource

Quantity = Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
FenIn = Annotated[int, Field(ge=0, le=MAX_FEN)]
Remark = Annotated[str, Field(max_length=200)]


class CartItemAdd(Body):
    """Put units of a SKU into the cart. `source`: 1 home, 2 list, 3 detail, 4 activity."""

    sku_id: IdText
    quantity: Quantity
    source: Annotated[int, Field(ge=0, le=4)] = 0

    def ask(self, member_id: Id) -> AddToCart:
        return AddToCart(member_id, self.sku_id, self.quantity, CartSource(self.source))


class CartItemChange(Body):
    """Set the quantity, the tick, or both."""

    quantity: Quantity | None = None
    selected: bool | None = None

    @model_validator(mode="after")
    def _names_a_change(self) -> "CartItemChange":
        if self.quantity is None and self.selected is None:
            raise ValueError("name quantity or selected")
        return self


class CartSelection(Body):
    """Tick or untick the whole cart."""

    selected: bool


class DirectItem(Body):
    """So many of one SKU, bought without the cart."""

    sku_id: IdText
    quantity: Quantity


class OrderChoice(Body):
    """What to order: `sku_ids` of the cart, or `items` bought directly. Remarks are by merchant id."""

    from_cart: bool
    sku_ids: Annotated[list[IdText] | None, Field(max_length=MAX_LINES)] = None
    items: Annotated[list[DirectItem] | None, Field(max_length=MAX_LINES)] = None
    address_id: IdText
    remarks: Annotated[dict[IdText, Remark] | None, Field(max_length=MAX_LINES)] = None
    coupon_claim_ids: Annotated[list[IdText] | None, Field(max_length=0)] = None

    @model_validator(mode="after")
    def _is_one_of_both(self) -> "OrderChoice":
        chosen, other = (self.sku_ids, self.items) if self.from_cart else (self.items, self.sku_ids)
        if other:
            raise ValueError("sku_ids go with from_cart true, items with from_cart false")
        ids = [c.sku_id if isinstance(c, DirectItem) else c for c in chosen or ()]
        if len(set(ids)) != len(ids):
            raise ValueError("a SKU stands twice")
        return self

    def choice(self, member_id: Id) -> Choice:
        """The choice of this caller."""
        quantities = {} if self.from_cart else {item.sku_id: item.quantity for item in self.items or ()}
        return Choice(
            member_id=member_id,
            from_cart=self.from_cart,
            sku_ids=tuple(sorted(self.sku_ids or () if self.from_cart else quantities)),
            quantities=quantities,
            address_id=self.address_id,
            remarks=self.remarks or {},
        )


class OrderPreviewIn(OrderChoice):
    """A choice to be priced; a total that was seen may come along and is not compared."""

    expected_pay_fen: FenIn | None = None


class OrderCreate(OrderChoice):
    """A choice to be ordered; `expected_pay_fen` is the total that the shopper saw."""

    expected_pay_fen: FenIn


class PaymentStart(Body):
    """Pay by one method, such as "wechatpay.native"."""

    method: Annotated[str, Field(pattern=r"^[a-z]{1,16}\.[a-z]{1,15}$")]
    auth_code: Annotated[str | None, Field(pattern=r"^\d{16,24}$")] = None


class CartItemOut(Out):
    """One row of the cart with its price and stock as they are now."""

    sku_id: IdText
    spu_id: IdText
    sku_name: str
    sku_spec: str
    quantity: int
    selected: bool
    added_price_fen: Fen
    price_fen: Fen
    amount_fen: Fen
    stock: int
    is_valid: bool
    invalid_reason: str | None
    image_url: str | None


class CartMerchantOut(Out):
    """The rows of one merchant."""

    merchant_id: IdText
    name: str
    items: list[CartItemOut]


class CartOut(Out):
    """The cart; sums count ticked rows that can be bought."""

    merchants: list[CartMerchantOut]
    selected_quantity: int
    selected_amount_fen: Fen
    total_quantity: int


class PreviewItemOut(Out):
    """One line of a preview."""

    sku_id: IdText
    spu_id: IdText
    sku_name: str
    sku_spec: str
    image_url: str | None
    quantity: int
    price_fen: Fen
    pay_fen: Fen


class PreviewSellerOut(Out):
    """One merchant's part of a preview."""

    merchant_id: IdText
    merchant_name: str
    item_total_fen: Fen
    shipping_fen: Fen
    discount_fen: Fen
    pay_fen: Fen
    items: list[PreviewItemOut]


class PreviewOut(Out):
    """What a choice would cost now."""

    total_fen: Fen
    shipping_fen: Fen
    discount_fen: Fen
    pay_fen: Fen
    seller_orders: list[PreviewSellerOut]


class OrderItemOut(PreviewItemOut):
    """One ordered line."""

    order_item_id: IdText


class SellerOrderOut(Out):
    """One merchant's part of an order. `wx_transaction_id` is set when one transaction is its alone."""

    seller_order_id: IdText
    merchant_id: IdText
    merchant_name: str
    status: int
    status_name: str
    item_total_fen: Fen
    shipping_fen: Fen
    discount_fen: Fen
    pay_fen: Fen
    wx_transaction_id: str | None
    paid_at: UtcTime | None
    buyer_remark: str
    items: list[OrderItemOut]


class OrderOut(Out):
    """An order. `is_closing`: its close is being proven, it cannot be paid any more."""

    order_id: IdText
    order_no: str
    status: int
    status_name: str
    total_fen: Fen
    shipping_fen: Fen
    discount_fen: Fen
    pay_fen: Fen
    should_paid_before: UtcTime
    is_closing: bool
    paid_at: UtcTime | None
    created_at: UtcTime
    cashier_url: str
    seller_orders: list[SellerOrderOut]


class TimelineOut(Out):
    """One step of an order."""

    at: UtcTime
    event: str
    text: str


class OrderDetailOut(OrderOut):
    """An order with its address and its timeline, oldest step first."""

    recv_name: str
    recv_tel: str
    recv_province: str
    recv_city: str
    recv_area: str
    recv_addr: str
    recv_post_code: str
    payment_no: str
    timeline: list[TimelineOut]


class OrderListOut(Out):
    """A page of orders, newest first."""

    items: list[OrderOut]
    next_cursor: str | None


class OrderCountOut(Out):
    """How many orders stand in each status, by its name."""

    to_pay: int
    to_ship: int
    to_receive: int
    succeeded: int
    closed: int


class CancelOut(Out):
    """200: closed. 202: the channel's close is still being proven."""

    order_id: IdText
    status: int


class PaymentOut(Out):
    """A payment of an order; `action` is what the buyer does next."""

    payment_no: str
    order_id: IdText
    method: str | None
    status: str
    amount_fen: Fen
    paid_at: UtcTime | None
    expires_at: UtcTime
    action: dict[str, Any] | None
