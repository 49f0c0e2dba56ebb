"""The payment door inside one process."""

from wanpu.payment import queries
from wanpu.payment.errors import PaymentNotFound
from wanpu.payment.port import CreatePayment, PaymentView, ReturnMoney
from wanpu.payment.service.closing import close_payment
from wanpu.payment.service.creating import create_payment
from wanpu.payment.service.querying import hasten_query
from wanpu.payment.service.returning import return_money
from wanpu.payment.service.views import shown_attempt, view_payment
from wanpu.payment.services import PaymentServices
from wanpu.payment.states import PaymentStatus


class LocalPaymentPort:
    """`PaymentPort` for one application whose caller lives in the same process."""

    def __init__(self, app: PaymentServices, app_code: str = "mall") -> None:
        self._app = app
        self._app_code = app_code

    async def create(self, ask: CreatePayment) -> PaymentView:
        return await create_payment(self._app, self._app_code, ask)

    async def query(self, payment_no: str) -> PaymentView:
        async with self._app.db.reading() as session:
            payment_id = await queries.find_payment_id(session, self._app_code, payment_no)
            if payment_id is None:
                raise PaymentNotFound(details={"payment_no": payment_no})
            payment = await queries.get_payment(session, payment_id)
            view = await view_payment(self._app, session, payment)
            attempt = shown_attempt(await queries.list_attempts(session, payment_id))
        if attempt is not None and payment.status is PaymentStatus.PAYING:
            await hasten_query(self._app, attempt)
        return view

    async def close(self, payment_no: str, *, return_url: str | None = None) -> PaymentStatus:
        return await close_payment(self._app, self._app_code, payment_no, return_url=return_url)

    async def refund(self, ask: ReturnMoney) -> None:
        await return_money(self._app, self._app_code, ask)
