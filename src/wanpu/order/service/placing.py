"""Place orders (下单): a list of commands goes into one transaction, each with its own outcome.

Orders are drafted before anything is locked, and kept if the locked cart and stock bear them out. So a batch
drafts while the one before it commits, and a stock row stays locked for no longer than its own write takes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.crm import DeliveryAddress
from wanpu.infra import due_work, idempotency, outbox
from wanpu.infra.bulk import BulkWrites
from wanpu.infra.database import rerun_on_conflict
from wanpu.kernel.errors import WanpuError
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen
from wanpu.order import queries, rules, views
from wanpu.order.errors import PriceChanged
from wanpu.order.events import OrderPlaced
from wanpu.order.links import PayLinks
from wanpu.order.numbering import ORDER_ITEM, Reservation
from wanpu.order.service.shelf import Basket, Choice, Shelf, lock_shelf, read_shelf
from wanpu.order.services import OrderServices
from wanpu.order.states import OrderStatus, SellerOrderStatus
from wanpu.product import StockChange, StockMove, StockStrategy, add_stock_moves

CLOSE_WORK = "order.close"
CREATED = 201
DRAFTS = 2
"""How often an order is drafted at most: before the locks, and once more behind them."""

Row = dict[str, Any]


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


@rerun_on_conflict
async def place_orders(app: OrderServices, commands: Sequence[PlaceOrder]) -> list[Placed | WanpuError]:
    """Place orders in one transaction: all that succeed are committed together, each refusal is its
    own and writes nothing. Results stand in the order of the commands, as if they came one by one.

    A key that was used is answered with its first order. Refusals: those of `Shelf.judge`,
    PriceChanged, KeyReused.
    """
    choices = [command.choice for command in commands]
    lines = sum(len(choice.sku_ids) for choice in choices) * DRAFTS
    numbers = await app.numbers.reserve(order=len(commands) * DRAFTS, seller_order=lines, order_item=lines)
    results: list[Placed | WanpuError] = []
    async with app.db.transaction() as session:
        shelf = await read_shelf(session, choices)
        batch = _Batch(app, shelf, numbers, app.clock.now())
        drafts = [batch.draft_if_allowed(command) for command in commands]
        batch.shelf = await lock_shelf(session, choices, shelf)
        # After the locks: another process that had the same key has written its answer by now.
        answers = await idempotency.find_many(session, [(c.scope, c.key) for c in commands])
        for command, draft in zip(commands, drafts, strict=True):
            try:
                first = answers.get((command.scope, command.key))
                if first is not None:
                    first.require_same(command.fingerprint)
                    results.append(Placed(first.body, is_replayed=True, status=first.status))
                    continue
                body = batch.place(command, draft)
            except WanpuError as refusal:
                results.append(refusal)
                continue
            answers[command.scope, command.key] = idempotency.Stored(command.fingerprint, CREATED, body)
            results.append(Placed(body, is_replayed=False))
        await batch.write(session)
    app.numbers.give_back(numbers)
    return results


async def preview_order(app: OrderServices, choice: Choice) -> rules.PricedOrder:
    """Price a choice as it would be ordered now; writes and promises nothing.

    Raises:
        The refusals of `Shelf.judge`.
    """
    async with app.db.reading() as session:
        shelf = await read_shelf(session, [choice])
    return shelf.judge(choice).priced


@dataclass(frozen=True, slots=True)
class _Draft:
    """One order as it is going to be written, and what it was made of."""

    basket: Basket
    order: Row
    sellers: list[Row]
    items: list[Row]
    body: str


@dataclass(slots=True)
class _Batch:
    """The rows of the orders placed so far, table by table, and the shelf they take from: first as it was
    read, then as it is locked."""

    app: OrderServices
    shelf: Shelf
    numbers: Reservation
    now: datetime
    orders: list[Row] = field(default_factory=list)
    seller_orders: list[Row] = field(default_factory=list)
    items: list[Row] = field(default_factory=list)
    stock: list[StockChange] = field(default_factory=list)
    cart: list[Mapping[Any, Any]] = field(default_factory=list)
    logs: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    work: list[Row] = field(default_factory=list)
    keys: list[Row] = field(default_factory=list)

    def draft_if_allowed(self, command: PlaceOrder) -> _Draft | None:
        """The order of a command, unless it would be refused; refusals are for `place` to give."""
        try:
            return self._draft(command)
        except WanpuError:
            return None

    def place(self, command: PlaceOrder, draft: _Draft | None) -> str:
        """Add a command's rows: its draft, or another if the locked shelf does not bear that out. The body of
        its answer."""
        choice = command.choice
        if draft is None or not self.shelf.still_has(choice, draft.basket):
            draft = self._draft(command)
        order, items = draft.order, draft.items
        self._take(choice, draft.basket, items)
        self.orders.append(order)
        self.seller_orders.extend(draft.sellers)
        self.items.extend(items)
        self.logs.append(queries.log_row(order["id"], "placed", OrderStatus.TO_PAY, self.now))
        spu_ids = sorted({item["spu_id"] for item in items})
        self.events.append(outbox.row_for(OrderPlaced(order_id=order["id"], spu_ids=spu_ids), self.now))
        self.work.append(
            due_work.row_for(CLOSE_WORK, str(order["id"]), order["should_paid_before"], self.now)
        )
        self.keys.append(
            idempotency.row_for(
                command.scope, command.key, command.fingerprint, CREATED, draft.body, self.now
            )
        )
        return draft.body

    async def write(self, session: AsyncSession) -> None:
        """Send every row; nothing when every command was refused."""
        if not self.orders:
            return
        await queries.move_cart_to_history(session, self.cart, self.now)
        writes = BulkWrites()
        add_stock_moves(writes, self.stock, now=self.now)
        queries.add_placed(
            writes,
            orders=self.orders,
            seller_orders=self.seller_orders,
            items=self.items,
            logs=self.logs,
            events=self.events,
            work=self.work,
            keys=self.keys,
        )
        await writes.send(session)
        outbox.wake_after_commit(session)

    def _draft(self, command: PlaceOrder) -> _Draft:
        choice = command.choice
        basket = self.shelf.judge(choice)
        if basket.priced.pay_fen != command.expected_pay_fen:
            raise PriceChanged(details={"pay_fen": basket.priced.pay_fen})
        order = self._order_row(choice, basket.priced)
        sellers, items = self._part_rows(order, basket, choice.remarks)
        url = PayLinks(self.app.vault).url(order["order_no"])
        body = orjson.dumps(views.order_json(order, sellers, items, cashier_url=url)).decode()
        return _Draft(basket, order, sellers, items, body)

    def _take(self, choice: Choice, basket: Basket, items: Sequence[Row]) -> None:
        """Lower what is left for the commands behind: units of strategy 1, and the cart rows."""
        for item in items:
            if item["stock_strategy"] is StockStrategy.ON_ORDER:
                self.shelf.left[item["sku_id"]] -= item["quantity"]
                self.stock.append(
                    StockChange(item["sku_id"], StockMove.HELD, item["quantity"], str(item["id"]))
                )
        for row in basket.cart_rows:
            del self.shelf.cart[choice.member_id, row["sku_id"]]
            self.cart.append(row)

    def _order_row(self, choice: Choice, priced: rules.PricedOrder) -> Row:
        order_id, order_no = self.numbers.order(choice.member_id, self.now)
        return {
            "id": order_id,
            "order_no": order_no,
            "payment_no": self.numbers.payment_no(),
            "wx_user_id": choice.member_id,
            "status": OrderStatus.TO_PAY,
            "total_fee": priced.total_fen,
            "shipping_fee": priced.shipping_fen,
            "discount_fee": priced.discount_fen,
            "adjust_fee": None,
            "pay_fee": priced.pay_fen,
            "should_paid_before": self.now + timedelta(minutes=self.app.settings.order_pay_minutes),
            "close_requested_at": None,
            "close_reason": None,
            "paid_at": None,
            "finished_at": None,
            "created_at": self.now,
            "updated_at": self.now,
        }

    def _part_rows(
        self, order: Row, basket: Basket, remarks: Mapping[Id, str]
    ) -> tuple[list[Row], list[Row]]:
        """The seller orders of an order and their items, in the order in which they were priced."""
        same = {
            "order_id": order["id"],
            "wx_user_id": order["wx_user_id"],
            "created_at": self.now,
            "updated_at": self.now,
        }
        receiver = same | _receiver(basket.address)
        sellers: list[Row] = []
        items: list[Row] = []
        for part in basket.priced.seller_orders:
            merchant = part.merchant
            seller_order_id = self.numbers.seller_order(merchant.merchant_id)
            sellers.append(
                receiver
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
            owner = same | {"seller_order_id": seller_order_id, "merchant_id": merchant.merchant_id}
            items.extend(owner | self._item_row(item) for item in part.items)
        return sellers, items

    def _item_row(self, item: rules.PricedItem) -> Row:
        sku = item.line.sku
        return {
            "id": self.numbers.plain(ORDER_ITEM),
            "spu_id": sku.spu_id,
            "sku_id": sku.sku_id,
            "sku_name": sku.name,
            "sku_spec": sku.spec,
            "image_url": sku.image_url,
            "snap_version": sku.snap_version,
            "stock_strategy": sku.strategy,
            "quantity": item.line.quantity,
            "origin_price": sku.price_fen,
            "total_fee": item.line.total_fen,
            "pay_fee": item.pay_fen,
        }


def _receiver(address: DeliveryAddress) -> Row:
    return {
        "recv_name": address.recv_name,
        "recv_tel": address.recv_tel,
        "recv_province": address.recv_province,
        "recv_city": address.recv_city,
        "recv_area": address.recv_area,
        "recv_addr": address.recv_addr,
        "recv_post_code": address.recv_post_code,
    }
