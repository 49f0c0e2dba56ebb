"""What an account may do, worked out once per account and access epoch."""

from collections import OrderedDict

from wanpu.infra.database import Database
from wanpu.kernel.ids import Id
from wanpu.system.models.staff import SUPER_ADMINISTRATOR
from wanpu.system.queries import access as queries
from wanpu.system.rules.access import split_permissions
from wanpu.system.states import Audience

REMEMBERED = 10_000
"""Accounts whose permissions one process keeps at most."""


class PermissionBook:
    """The permissions of accounts as this process knows them; one of a past epoch is never given."""

    def __init__(self) -> None:
        self._known: OrderedDict[Id, tuple[int, frozenset[str]]] = OrderedDict()

    async def permissions_of(
        self, db: Database, staff_id: Id, audience: Audience, *, epoch: int
    ) -> frozenset[str]:
        """The permission strings of one account. `epoch` was read after the request came in."""
        known = self._known.get(staff_id)
        if known is not None and known[0] == epoch:
            return known[1]
        granted = await _read(db, staff_id, audience)
        self._known[staff_id] = (epoch, granted)
        self._known.move_to_end(staff_id)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return granted


async def _read(db: Database, staff_id: Id, audience: Audience) -> frozenset[str]:
    async with db.reading() as session:
        if staff_id == SUPER_ADMINISTRATOR:
            return split_permissions(await queries.list_all_permissions(session, audience))
        return split_permissions(await queries.list_granted(session, staff_id, audience))
