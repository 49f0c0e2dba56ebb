"""Place orders (下单): a list of commands goes into one transaction, each with its own outcome.

Everything that an order is made of is written before anything is locked. Then cart and stock rows are
locked, looked at again, and changed, so that a popular SKU is held for one statement and the commit alone. If
they are others by then, all of it is undone and done once more behind the locks.
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
from wanpu.product import StockChange, StockMove, StockStrategy, change_stock, note_stock_moves

CLOSE_WORK = "order.close"
CREATED = 201
ATTEMPTS = 2
"""How often a batch is worked out at most: before the locks, and once more behind them."""

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


class _Overtaken(Exception):
    """Cart or stock rows, once locked, no longer bear out the orders that were written."""


@rerun_on_conflict
async def place_orders(app: OrderServices, commands: Sequence[PlaceOrder]) -> list[Placed | WanpuError]:
    """Place orders in one transaction: all that succeed are committed together, each refusal is its
    own and writes nothing. Results stand in the order of the commands, as if they came one by one.

    A key that was used is answered with its first order. Refusals: those of `Shelf.judge`,
    PriceChanged, KeyReused.
    """
    lines = sum(len(command.choice.sku_ids) for command in commands) * ATTEMPTS
    numbers = await app.numbers.reserve(order=len(commands) * ATTEMPTS, seller_order=lines, order_item=lines)
    try:
        results = await _place(app, commands, numbers, behind_locks=False)
    except _Overtaken:
        results = await _place(app, commands, numbers, behind_locks=True)
    app.numbers.give_back(numbers)
    return results


async def _place(
    app: OrderServices, commands: Sequence[PlaceOrder], numbers: Reservation, *, behind_locks: bool
) -> list[Placed | WanpuError]:
    """One attempt, in a transaction of its own.

    Raises:
        _Overtaken: nothing was written; only an attempt that does not begin with the locks can be.
    """
    choices = [command.choice for command in commands]
    async with app.db.transaction() as session:
        shelf = await read_shelf(session, choices)
        if behind_locks:
            shelf = await lock_shelf(session, choices, shelf)
        # After the look at the shelf: who emptied it under the same key has written its answer by now. Who
        # writes it from now on meets our own row of that key, and one of both is run again.
        first_answers = await idempotency.find_many(session, [(c.scope, c.key) for c in commands])
        batch = _Batch(app, shelf, numbers, app.clock.now(), first_answers)
        results = [batch.answer(command) for command in commands]
        if batch.placed:
            await batch.write_orders(session)
            if not behind_locks:
                batch.require_borne_out(await lock_shelf(session, batch.chosen, shelf))
            await batch.take_goods(session)
            outbox.wake_after_commit(session)
    return results


async def preview_order(app: OrderServices, choice: Choice) -> rules.PricedOrder:
    """Price a choice as it would be ordered now; writes and promises nothing.

    Raises:
        The refusals of `Shelf.judge`.
    """
    async with app.db.reading() as session:
        shelf = await read_shelf(session, [choice])
    return shelf.judge(choice).priced


@dataclass(slots=True)
class _Batch:
    """The orders placed so far, their rows table by table, and the shelf they take from."""

    app: OrderServices
    shelf: Shelf
    numbers: Reservation
    now: datetime
    answers: dict[tuple[str, str], idempotency.Stored]
    placed: list[tuple[Choice, Basket]] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    seller_orders: list[Row] = field(default_factory=list)
    items: list[Row] = field(default_factory=list)
    stock: list[StockChange] = field(default_factory=list)
    logs: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    work: list[Row] = field(default_factory=list)
    keys: list[Row] = field(default_factory=list)

    @property
    def chosen(self) -> list[Choice]:
        """What has been ordered."""
        return [choice for choice, _ in self.placed]

    def answer(self, command: PlaceOrder) -> Placed | WanpuError:
        """Place one order, or give the first answer of its key, or the refusal."""
        try:
            first = self.answers.get((command.scope, command.key))
            if first is not None:
                first.require_same(command.fingerprint)
                return Placed(first.body, is_replayed=True, status=first.status)
            body = self._place(command)
        except WanpuError as refusal:
            return refusal
        self.answers[command.scope, command.key] = idempotency.Stored(command.fingerprint, CREATED, body)
        return Placed(body, is_replayed=False)

    def require_borne_out(self, locked: Shelf) -> None:
        """Compare the orders, one by one, with the shelf as it is now that nobody else can change it.

        Raises:
            _Overtaken: it no longer has what one of them takes.
        """
        for choice, basket in self.placed:
            if not locked.still_has(choice, basket):
                raise _Overtaken
            locked.take(choice, basket)

    async def write_orders(self, session: AsyncSession) -> None:
        """Write every row for which nothing has to be locked."""
        writes = BulkWrites()
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
        note_stock_moves(writes, self.stock, now=self.now)
        await writes.send(session)

    async def take_goods(self, session: AsyncSession) -> None:
        """Change the locked stock and cart rows."""
        cart_rows = [row for _, basket in self.placed for row in basket.cart_rows]
        writes = BulkWrites()
        queries.add_to_history(writes, cart_rows, self.now)
        change_stock(writes, self.stock, now=self.now)
        await queries.delete_from_cart(session, cart_rows)
        await writes.send(session)

    def _place(self, command: PlaceOrder) -> str:
        """Add a command's rows; the body of its answer."""
        choice = command.choice
        basket = self.shelf.judge(choice)
        if basket.priced.pay_fen != command.expected_pay_fen:
            raise PriceChanged(details={"pay_fen": basket.priced.pay_fen})
        order = self._order_row(choice, basket.priced)
        sellers, items = self._part_rows(order, basket, choice.remarks)
        url = PayLinks(self.app.vault).url(order["order_no"])
        body = orjson.dumps(views.order_json(order, sellers, items, cashier_url=url)).decode()

        self.shelf.take(choice, basket)
        self.placed.append((choice, basket))
        self.orders.append(order)
        self.seller_orders.extend(sellers)
        self.items.extend(items)
        self.stock.extend(
            StockChange(item["sku_id"], StockMove.HELD, item["quantity"], str(item["id"]))
            for item in items
            if item["stock_strategy"] is StockStrategy.ON_ORDER
        )
        self.logs.append(queries.log_row(order["id"], "placed", OrderStatus.TO_PAY, self.now))
        spu_ids = sorted({item["spu_id"] for item in items})
        self.events.append(outbox.row_for(OrderPlaced(order_id=order["id"], spu_ids=spu_ids), self.now))
        self.work.append(
            due_work.row_for(CLOSE_WORK, str(order["id"]), order["should_paid_before"], self.now)
        )
        self.keys.append(
            idempotency.row_for(command.scope, command.key, command.fingerprint, CREATED, body, self.now)
        )
        return body

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
