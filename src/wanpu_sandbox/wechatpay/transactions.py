"""The rules of orders: creating, querying, closing, and what a wallet may do. One transaction per rule."""

import base64
import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wanpu_sandbox.clock import SandboxClock
from wanpu_sandbox.database import Database
from wanpu_sandbox.faults import FaultPlan
from wanpu_sandbox.key_material import random_digits, random_text
from wanpu_sandbox.wechatpay import notifications, store
from wanpu_sandbox.wechatpay.errors import (
    ProviderRefusal,
    number_used,
    order_closed,
    order_not_exist,
    order_paid,
)
from wanpu_sandbox.wechatpay.orders import Code, NewOrder, Order
from wanpu_sandbox.wechatpay.requests import Book, CombineClose
from wanpu_sandbox.wechatpay.shapes import order_resource
from wanpu_sandbox.wechatpay.states import Mode, Outcome, TradeState
from wanpu_wire.wechatpay.times import BEIJING

DEFAULT_BUYER = "wallet"
_PLAIN_CODE = "weixin://wxpay/bizpayurl?pr={}"
_COMBINE_CODE = "weixin://pay.weixin.qq.com/bizpayurl/up?pr={}&groupid=00"


class CannotPay(Exception):
    """The wallet refuses: `code` for machines, `message` for the buyer. No money moved."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a wallet sees behind a code: the order, and why it cannot be paid (None when it can)."""

    order: Order
    obstacle: CannotPay | None


class Transactions:
    """Orders of all merchants. Every method is one transaction; writers wait for each other."""

    def __init__(self, database: Database, clock: SandboxClock, faults: FaultPlan) -> None:
        self._database = database
        self._clock = clock
        self._faults = faults

    def create(self, new: NewOrder) -> str:
        """下单: a code_url for the order. The same request again renews the code while it is unpaid.

        Raises:
            ProviderRefusal: ORDERPAID, ORDER_CLOSED or OUT_TRADE_NO_USED; nothing changed.
        """
        now = self._clock.now()
        code_url = (_COMBINE_CODE if new.mode is Mode.COMBINE else _PLAIN_CODE).format(random_text(9))
        with self._database.transaction() as connection:
            order = _find_known(connection, new)
            if order is not None:
                _refuse_unless_repeated(order, new, now)
                order_id = order.order_id
            else:
                _refuse_used_numbers(connection, new)
                order_id = store.insert_order(connection, new, now=now)
            store.replace_code(connection, order_id, code_url, now=now)
        return code_url

    def query(self, book: Book, out_trade_no: str) -> dict[str, Any]:
        """查询订单 by the merchant's number; combined orders are not visible here.

        Raises:
            ProviderRefusal: ORDER_NOT_EXIST.
        """
        with self._database.reading() as connection:
            order = store.find_order(connection, book.mchid, book.sub_mchid, out_trade_no)
        return order_resource(_plain(order), self._clock.now())

    def query_transaction(self, book: Book, transaction_id: str) -> dict[str, Any]:
        """查询订单 by the provider's number, which only a paid order has.

        Raises:
            ProviderRefusal: ORDER_NOT_EXIST, also when the transaction stands in another book.
        """
        with self._database.reading() as connection:
            order = _plain(store.find_order_by_transaction(connection, transaction_id))
        trade = order.trades[0]
        if (trade.mchid, trade.sub_mchid) != (book.mchid, book.sub_mchid):
            raise order_not_exist()
        return order_resource(order, self._clock.now())

    def query_combination(self, mchid: str, combine_out_trade_no: str) -> dict[str, Any]:
        """合单查询订单.

        Raises:
            ProviderRefusal: ORDER_NOT_EXIST.
        """
        with self._database.reading() as connection:
            order = store.find_combination(connection, mchid, combine_out_trade_no)
        if order is None:
            raise order_not_exist()
        return order_resource(order, self._clock.now())

    def close(self, book: Book, out_trade_no: str) -> None:
        """关闭订单; closing again succeeds.

        Raises:
            ProviderRefusal: ORDERPAID, or ORDER_NOT_EXIST (also for combined orders).
        """
        with self._database.transaction() as connection:
            order = _plain(store.find_order(connection, book.mchid, book.sub_mchid, out_trade_no))
            self._close(connection, order)

    def close_combination(self, mchid: str, combine_out_trade_no: str, ask: CombineClose) -> None:
        """合单关闭订单: all sub-orders or none, so the request lists exactly those of the creation.

        Raises:
            ProviderRefusal: ORDERPAID, ORDER_NOT_EXIST, or PARAM_ERROR when the list differs.
        """
        with self._database.transaction() as connection:
            order = store.find_combination(connection, mchid, combine_out_trade_no)
            if order is None:
                raise order_not_exist()
            known = sorted((trade.mchid, trade.sub_mchid, trade.out_trade_no) for trade in order.trades)
            if known != sorted(ask.sub_orders):
                raise ProviderRefusal(400, "PARAM_ERROR", "子单信息与下单时不一致", number=268435461)
            self._close(connection, order)

    def scan(self, code_url: str) -> Scanned | None:
        """What a wallet shows after a scan; None for a code that this provider never made."""
        now = self._clock.now()
        with self._database.reading() as connection:
            code = store.find_code(connection, code_url)
            if code is None:
                return None
            order = store.get_order(connection, code.order_id)
        return Scanned(order, _obstacle(order, code, now))

    def pay(self, code_url: str, outcome: Outcome, buyer: str = DEFAULT_BUYER) -> Order | None:
        """Let a wallet end with `outcome`. All sub-orders are paid or none; the call-back is stored with it.

        None for a code that this provider never made.

        Raises:
            CannotPay: the order is paid, closed or expired, the code is dead, or another buyer came first.
        """
        now = self._clock.now()
        with self._database.transaction() as connection:
            code = store.find_code(connection, code_url)
            if code is None:
                return None
            order = store.get_order(connection, code.order_id)
            obstacle = _obstacle(order, code, now)
            if obstacle is not None:
                raise obstacle
            if order.buyer not in (None, buyer):
                raise CannotPay("wallet.other_buyer", "该二维码已被其他用户扫描，请使用原微信支付")
            store.set_buyer(connection, order.order_id, buyer)
            if outcome is Outcome.PAID:
                self._settle(connection, order, buyer, now)
            return store.get_order(connection, order.order_id)

    def list_orders(
        self, *, state: TradeState | None = None, number: str | None = None, limit: int
    ) -> list[Order]:
        """Orders as they stand now, newest first; `number` is that of the order or of one of its trades."""
        with self._database.reading() as connection:
            return store.list_orders(
                connection, state=state, number=number, now=self._clock.now(), limit=limit
            )

    def _settle(self, connection: sqlite3.Connection, order: Order, buyer: str, now: datetime) -> None:
        transaction_ids = tuple(_new_transaction_id(now) for _ in order.trades)
        openid = openid_of(buyer, order.appid)
        store.mark_paid(connection, order, transaction_ids, payer_openid=openid, now=now)
        paid = store.get_order(connection, order.order_id)
        notifications.insert(
            connection,
            paid,
            order_resource(paid, now),
            plan=self._faults.plan_notification(order.notify_url),
            now=now,
        )

    def _close(self, connection: sqlite3.Connection, order: Order) -> None:
        if order.state(self._clock.now()) is TradeState.SUCCESS:
            raise order_paid()
        store.close_order(connection, order.order_id)


def openid_of(buyer: str, appid: str) -> str:
    """The buyer's openid under this appid: 28 characters, another one for each appid."""
    digest = hashlib.sha256(f"{appid}\n{buyer}".encode()).digest()
    return "o" + base64.urlsafe_b64encode(digest)[:27].decode("ascii")


def _find_known(connection: sqlite3.Connection, new: NewOrder) -> Order | None:
    """The order that this request repeats, by its own number."""
    if new.combine_out_trade_no is not None:
        return store.find_combination(connection, new.mchid, new.combine_out_trade_no)
    trade = new.trades[0]
    return store.find_order(connection, trade.mchid, trade.sub_mchid, trade.out_trade_no)


def _refuse_unless_repeated(order: Order, new: NewOrder, now: datetime) -> None:
    if order.mode is not new.mode:
        raise number_used()
    state = order.state(now)
    if state is TradeState.SUCCESS:
        raise order_paid()
    if state is TradeState.CLOSED:
        raise order_closed()
    if order.fingerprint != new.fingerprint:
        raise number_used()
    if order.settlement != new.settlement:
        raise number_used("重复下单且结算信息不一致")


def _refuse_used_numbers(connection: sqlite3.Connection, new: NewOrder) -> None:
    """A sub-order's number must be free in its merchant's book, where plain orders live too."""
    for trade in new.trades:
        if store.find_order(connection, trade.mchid, trade.sub_mchid, trade.out_trade_no) is not None:
            raise number_used()


def _plain(order: Order | None) -> Order:
    """The order, unless it is missing or combined, which the plain endpoints treat alike."""
    if order is None or order.mode is Mode.COMBINE:
        raise order_not_exist()
    return order


def _obstacle(order: Order, code: Code, now: datetime) -> CannotPay | None:
    state = order.state(now)
    if state is TradeState.SUCCESS:
        return CannotPay("wallet.already_paid", "该订单已支付")
    if state is TradeState.CLOSED and order.stored_state is TradeState.NOTPAY:
        return CannotPay("wallet.order_expired", "订单已过期，请返回商家重新下单")
    if state is TradeState.CLOSED:
        return CannotPay("wallet.order_closed", "订单已关闭")
    if code.is_replaced:
        return CannotPay("wallet.code_replaced", "二维码已失效，请扫描新的二维码")
    if code.is_expired(now):
        return CannotPay("wallet.code_expired", "二维码已过期，请返回商家刷新")
    return None


def _new_transaction_id(now: datetime) -> str:
    """28 digits that begin with 42000 and hold the Beijing day, as real ones do; unique in the database."""
    return f"42000{random_digits(5)}{now.astimezone(BEIJING):%Y%m%d}{random_digits(10)}"
