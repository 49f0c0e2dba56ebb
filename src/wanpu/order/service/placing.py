"""Place orders (下单): a list of commands goes into one transaction, each with its own outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.crm import DeliveryAddress, SellingMerchant, get_delivery_addresses, get_selling_merchants
from wanpu.infra import due_work, idempotency, outbox
from wanpu.infra.database import rerun_on_conflict
from wanpu.kernel.errors import WanpuError
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen
from wanpu.order import queries, rules, views
from wanpu.order.errors import (
    AddressNotFound,
    CartChanged,
    NothingChosen,
    PriceChanged,
    RemarkForNobody,
    SoldOut,
)
from wanpu.order.events import OrderPlaced
from wanpu.order.links import PayLinks
from wanpu.order.numbering import Reservation
from wanpu.order.services import OrderServices
from wanpu.order.states import OrderStatus, SellerOrderStatus
from wanpu.product import (
    SkuOnSale,
    StockChange,
    StockMove,
    StockStrategy,
    get_available,
    get_skus_on_sale,
    lock_available,
    move_stock,
)

CLOSE_WORK = "order.close"
CREATED = 201


@dataclass(frozen=True, slots=True)
class Choice:
    """What a member wants to buy: chosen cart rows, or SKUs with quantities.

    `remarks` are by merchant id.
    """

    member_id: Id
    from_cart: bool
    sku_ids: tuple[Id, ...]
    quantities: Mapping[Id, int]  # empty when the cart says how many
    address_id: Id
    remarks: Mapping[Id, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """One submit. The same key and fingerprint give the same order."""

    choice: Choice
    expected_pay_fen: Fen
    key: str
    fingerprint: str

    @property
    def scope(self) -> str:
        return f"member:{self.choice.member_id}:orders"


@dataclass(frozen=True, slots=True)
class Placed:
    """The answer of a placed order, word for word as its first caller got it."""

    body: str
    is_replayed: bool
    status: int = CREATED


@dataclass(slots=True)
class Shelf:
    """Everything a batch reads, by id. `left` is lowered as commands of the batch take units."""

    cart: Mapping[tuple[Id, Id], Mapping[str, Any]]
    skus: Mapping[Id, SkuOnSale]
    merchants: Mapping[Id, SellingMerchant]
    addresses: Mapping[Id, DeliveryAddress]
    left: dict[Id, int]

    def lines_of(self, choice: Choice) -> list[rules.Line]:
        """The lines of a choice if all of them may be bought."""
        if not choice.sku_ids:
            raise NothingChosen
        wanted = dict(choice.quantities)
        if choice.from_cart:
            rows = {sku_id: self.cart.get((choice.member_id, sku_id)) for sku_id in choice.sku_ids}
            if gone := [sku_id for sku_id, row in rows.items() if row is None]:
                raise CartChanged.naming(gone)
            wanted = {sku_id: row["quantity"] for sku_id, row in rows.items() if row is not None}
        return rules.check_lines(wanted, self.skus, self.merchants)

    def address_of(self, choice: Choice) -> DeliveryAddress:
        """The member's own address."""
        address = self.addresses.get(choice.address_id)
        if address is None or address.member_id != choice.member_id:
            raise AddressNotFound
        return address

    def require_stock(self, lines: Sequence[rules.Line]) -> None:
        """Refuse with every SKU that is short."""
        short = [
            (line.sku.sku_id, line.quantity, self.left.get(line.sku.sku_id, 0))
            for line in lines
            if line.quantity > self.left.get(line.sku.sku_id, 0)
        ]
        if short:
            raise SoldOut.short_of(short)


@dataclass(slots=True)
class Rows:
    """What a batch writes, table by table."""

    orders: list[dict[str, Any]] = field(default_factory=list)
    seller_orders: list[dict[str, Any]] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)
    stock: list[StockChange] = field(default_factory=list)
    cart: list[Mapping[str, Any]] = field(default_factory=list)
    logs: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    work: list[dict[str, Any]] = field(default_factory=list)
    keys: list[dict[str, Any]] = field(default_factory=list)


@rerun_on_conflict
async def place_orders(app: OrderServices, commands: Sequence[PlaceOrder]) -> list[Placed | WanpuError]:
    """Place orders in one transaction: all that succeed are committed together, each refusal is its
    own and writes nothing. Results stand in the order of the commands, as if they came one by one.

    A key that was used is answered with its first order. Refusals: NothingChosen, CartChanged,
    SkuNotFound, SkuOffShelf, MerchantClosed, TooManyMerchants, AddressNotFound, RemarkForNobody,
    SoldOut, PriceChanged, KeyReused.
    """
    lines = sum(len(command.choice.sku_ids) for command in commands)
    numbers = await app.numbers.reserve(order=len(commands), seller_order=lines, order_item=lines)
    now = app.clock.now()
    rows = Rows()
    results: list[Placed | WanpuError] = []
    async with app.db.transaction() as session:
        first_answers = await idempotency.find_many(session, [(c.scope, c.key) for c in commands])
        shelf = await _read_shelf(session, [c for c in commands if (c.scope, c.key) not in first_answers])
        for command in commands:
            try:
                if first := first_answers.get((command.scope, command.key)):
                    first.require_same(command.fingerprint)
                    results.append(Placed(first.body, is_replayed=True, status=first.status))
                    continue
                body = _place(app, command, shelf, rows, numbers, now)
                answer = idempotency.Stored(command.fingerprint, CREATED, body)
                first_answers[command.scope, command.key] = answer
                results.append(Placed(body, is_replayed=False))
            except WanpuError as refusal:
                results.append(refusal)
        if rows.orders:
            await _write(session, rows, now)
    app.numbers.give_back(numbers)
    return results


async def preview_order(app: OrderServices, choice: Choice) -> rules.PricedOrder:
    """Price a choice as it would be ordered now; writes and promises nothing.

    Raises:
        The refusals of `place_orders`, without PriceChanged and KeyReused.
    """
    async with app.db.reading() as session:
        cart = (
            await queries.get_cart_rows(session, [choice.member_id], choice.sku_ids)
            if choice.from_cart
            else {}
        )
        shelf = await _read_goods(session, [choice], cart, await get_available(session, choice.sku_ids))
    lines = shelf.lines_of(choice)
    shelf.address_of(choice)
    priced = rules.price_order(lines, shelf.merchants)
    _check_remarks(choice, priced)
    shelf.require_stock(lines)
    return priced


async def _read_shelf(session: AsyncSession, commands: Sequence[PlaceOrder]) -> Shelf:
    """Lock cart rows, then stock rows, and read the rest: each with one statement for the batch."""
    choices = [command.choice for command in commands]
    from_cart = [choice for choice in choices if choice.from_cart]
    cart = await queries.lock_cart_rows(
        session,
        [choice.member_id for choice in from_cart],
        [sku_id for choice in from_cart for sku_id in choice.sku_ids],
    )
    sku_ids = {sku_id for choice in choices for sku_id in choice.sku_ids}
    return await _read_goods(session, choices, cart, await lock_available(session, sku_ids))


async def _read_goods(
    session: AsyncSession,
    choices: Sequence[Choice],
    cart: Mapping[tuple[Id, Id], Mapping[str, Any]],
    left: dict[Id, int],
) -> Shelf:
    skus = await get_skus_on_sale(session, {sku_id for choice in choices for sku_id in choice.sku_ids})
    return Shelf(
        cart=cart,
        skus=skus,
        merchants=await get_selling_merchants(session, {sku.merchant_id for sku in skus.values()}),
        addresses=await get_delivery_addresses(session, {choice.address_id for choice in choices}),
        left=left,
    )


def _check_remarks(choice: Choice, priced: rules.PricedOrder) -> None:
    if choice.remarks.keys() - {part.merchant.merchant_id for part in priced.seller_orders}:
        raise RemarkForNobody


def _place(
    app: OrderServices, command: PlaceOrder, shelf: Shelf, rows: Rows, numbers: Reservation, now: datetime
) -> str:
    """Judge one command against the shelf and add its rows; the body of its answer."""
    choice = command.choice
    lines = shelf.lines_of(choice)
    address = shelf.address_of(choice)
    priced = rules.price_order(lines, shelf.merchants)
    _check_remarks(choice, priced)
    shelf.require_stock(lines)
    if priced.pay_fen != command.expected_pay_fen:
        raise PriceChanged(details={"pay_fen": priced.pay_fen})

    order = _order_row(app, choice, priced, numbers, now)
    sellers, items = _part_rows(order, priced, address, choice.remarks, numbers, now)
    for item in items:
        if item["stock_strategy"] is StockStrategy.ON_ORDER:
            shelf.left[item["sku_id"]] -= item["quantity"]
            rows.stock.append(
                StockChange(item["sku_id"], StockMove.HELD, item["quantity"], str(item["id"]))
            )
    if choice.from_cart:
        taken = [shelf.cart.pop((choice.member_id, sku_id)) for sku_id in choice.sku_ids]  # type: ignore[attr-defined]
        rows.cart.extend(taken)
    rows.orders.append(order)
    rows.seller_orders.extend(sellers)
    rows.items.extend(items)
    rows.logs.append(queries.log_row(order["id"], "placed", OrderStatus.TO_PAY, now))
    placed = OrderPlaced(order_id=order["id"], spu_ids=sorted({item["spu_id"] for item in items}))
    rows.events.append(outbox.row_for(placed, now))
    rows.work.append(due_work.row_for(CLOSE_WORK, str(order["id"]), order["should_paid_before"], now))
    url = PayLinks(app.vault).url(order["order_no"])
    body = orjson.dumps(views.order_json(order, sellers, items, cashier_url=url)).decode()
    rows.keys.append(
        idempotency.row_for(command.scope, command.key, command.fingerprint, CREATED, body, now)
    )
    return body


def _order_row(
    app: OrderServices, choice: Choice, priced: rules.PricedOrder, numbers: Reservation, now: datetime
) -> dict[str, Any]:
    order_id, order_no = numbers.order(choice.member_id, now)
    return {
        "id": order_id,
        "order_no": order_no,
        "payment_no": numbers.payment_no(),
        "wx_user_id": choice.member_id,
        "status": OrderStatus.TO_PAY,
        "total_fee": priced.total_fen,
        "shipping_fee": priced.shipping_fen,
        "discount_fee": priced.discount_fen,
        "adjust_fee": None,
        "pay_fee": priced.pay_fen,
        "should_paid_before": now + timedelta(minutes=app.settings.order_pay_minutes),
        "close_requested_at": None,
        "close_reason": None,
        "paid_at": None,
        "finished_at": None,
        "created_at": now,
        "updated_at": now,
    }


def _part_rows(
    order: Mapping[str, Any],
    priced: rules.PricedOrder,
    address: DeliveryAddress,
    remarks: Mapping[Id, str],
    numbers: Reservation,
    now: datetime,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The seller orders of an order and their items, in the same order as they were priced."""
    same = {"order_id": order["id"], "wx_user_id": order["wx_user_id"], "created_at": now, "updated_at": now}
    receiver = {
        "recv_name": address.recv_name,
        "recv_tel": address.recv_tel,
        "recv_province": address.recv_province,
        "recv_city": address.recv_city,
        "recv_area": address.recv_area,
        "recv_addr": address.recv_addr,
        "recv_post_code": address.recv_post_code,
    }
    sellers: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    for part in priced.seller_orders:
        merchant = part.merchant
        seller_order_id = numbers.seller_order(merchant.merchant_id)
        sellers.append(
            same
            | receiver
            | {
                "id": seller_order_id,
                "merchant_id": merchant.merchant_id,
                "merchant_name": merchant.name,
                "status": SellerOrderStatus.TO_PAY,
                "should_paid_before": order["should_paid_before"],
                "wx_transaction_id": None,
                "paid_at": None,
                "finished_at": None,
                "profit_share_rate_bp": merchant.profit_share_rate_bp,
                "total_fee": part.total_fen,
                "item_total_fee": part.item_total_fen,
                "shipping_fee": part.shipping_fen,
                "discount_fee": part.discount_fen,
                "adjust_fee": None,
                "pay_fee": part.pay_fen,
                "buyer_remark": remarks.get(merchant.merchant_id, ""),
                "seller_remark": "",
            }
        )
        for priced_item in part.items:
            sku = priced_item.line.sku
            items.append(
                same
                | {
                    "id": numbers.plain("order_item"),
                    "seller_order_id": seller_order_id,
                    "merchant_id": merchant.merchant_id,
                    "spu_id": sku.spu_id,
                    "sku_id": sku.sku_id,
                    "sku_name": sku.name,
                    "sku_spec": sku.spec,
                    "image_url": sku.image_url,
                    "snap_version": sku.snap_version,
                    "stock_strategy": sku.strategy,
                    "quantity": priced_item.line.quantity,
                    "origin_price": sku.price_fen,
                    "total_fee": priced_item.line.total_fen,
                    "pay_fee": priced_item.pay_fen,
                }
            )
    return sellers, items


async def _write(session: AsyncSession, rows: Rows, now: datetime) -> None:
    await move_stock(session, rows.stock, now=now)
    await queries.move_cart_to_history(session, rows.cart, now)
    await queries.insert_placed(
        session,
        orders=rows.orders,
        seller_orders=rows.seller_orders,
        items=rows.items,
        logs=rows.logs,
        events=rows.events,
        work=rows.work,
        keys=rows.keys,
    )
    outbox.wake_after_commit(session)
