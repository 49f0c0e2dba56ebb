"""What the cashier page reads and starts."""

from collections.abc import Sequence
from dataclasses import dataclass

from wanpu.kernel.ids import Id
from wanpu.payment import queries
from wanpu.payment.cashier.state import CashierState, Scene, cashier_state
from wanpu.payment.errors import PaymentNotFound
from wanpu.payment.models import Payment
from wanpu.payment.port import Share
from wanpu.payment.rules import Client, MethodOffer, offers, payable
from wanpu.payment.service.querying import hasten_query
from wanpu.payment.service.starting import StartAttempt, start_attempt
from wanpu.payment.service.views import read_cashier_token, shares_of, shown_attempt
from wanpu.payment.services import PaymentServices


@dataclass(frozen=True)
class CashierView:
    """One payment as its cashier shows it."""

    payment: Payment
    state: CashierState
    shares: Sequence[Share]
    offers: Sequence[MethodOffer]
    method: str | None


async def read_cashier(app: PaymentServices, token: str, client: Client) -> CashierView:
    """Everything the page shows; the channel is asked soon, since somebody watches.

    Raises:
        PaymentNotFound: the token names no payment.
    """
    payment_id = _payment_id(app, token)
    async with app.db.reading() as session:
        payment = await queries.get_payment(session, payment_id)
        attempts = await queries.list_attempts(session, payment_id)
        shares = shares_of(payment)
        merchant_refs = {share.merchant_ref for share in shares}
        accounts = await queries.list_account_offers(session, payment.pay_app_id, merchant_refs)
    shown = shown_attempt(attempts)
    view = CashierView(
        payment=payment,
        state=cashier_state(payment, attempts, app.clock.now()),
        shares=payable(shares),
        offers=offers(shares, accounts, client),
        method=shown.method if shown else None,
    )
    if shown is not None and not view.state.scene.is_final:
        await hasten_query(app, shown)
    return view


async def read_cashier_state(app: PaymentServices, token: str) -> CashierState:
    """Where the payment stands, for a page that watches it.

    Raises:
        PaymentNotFound: the token names no payment.
    """
    payment_id = _payment_id(app, token)
    async with app.db.reading() as session:
        payment = await queries.get_payment(session, payment_id)
        attempts = await queries.list_attempts(session, payment_id)
    state = cashier_state(payment, attempts, app.clock.now())
    shown = shown_attempt(attempts)
    if shown is not None and state.scene is not Scene.PAID:
        await hasten_query(app, shown)
    return state


async def start_from_cashier(app: PaymentServices, token: str, method: str, client_ip: str | None) -> None:
    """Start paying by one method, or get a fresh code.

    Raises:
        PaymentNotFound: the token names no payment.
        As `start_attempt`.
    """
    await start_attempt(app, StartAttempt(_payment_id(app, token), method, client_ip))


def _payment_id(app: PaymentServices, token: str) -> Id:
    payment_id = read_cashier_token(app, token)
    if payment_id is None:
        raise PaymentNotFound
    return payment_id
