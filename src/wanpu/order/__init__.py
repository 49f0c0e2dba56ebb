"""Cart, checkout and orders: the top room of the mall."""

from wanpu.order.audit import audit_orders, paid_shares
from wanpu.order.desk import OrderDesk, open_desk
from wanpu.order.jobs import due_work_handlers
from wanpu.order.numbering import OrderNumbers
from wanpu.order.services import OrderServices
from wanpu.order.subscribers import register

__all__ = [
    "OrderDesk",
    "OrderNumbers",
    "OrderServices",
    "audit_orders",
    "due_work_handlers",
    "open_desk",
    "paid_shares",
    "register",
]
