"""Staff sessions (登录会话): who a token belongs to."""

from wanpu.infra.sign_in.errors import TokenExpired, TokenInvalid
from wanpu.system.callers import Origin, StaffCaller
from wanpu.system.queries import access as queries
from wanpu.system.services import SystemServices
from wanpu.system.states import Audience, StaffStatus


async def identify(app: SystemServices, token: str, origin: Origin) -> StaffCaller:
    """The account behind a token, read anew each time: a session that was ended, an account that was
    switched off and a permission that was taken away are gone at once on every node.

    Raises:
        TokenInvalid: no such session, or its account is switched off.
        TokenExpired: the session is over.
    """
    async with app.db.reading() as session:
        found = await queries.find_open_session(session, app.tokens.digest(token))
    if found is None or found.status is not StaffStatus.NORMAL:
        raise TokenInvalid
    if min(found.expires_at, found.ends_at) <= app.clock.now():
        raise TokenExpired
    audience = Audience.PLATFORM if found.merchant_id is None else Audience.MERCHANT
    return StaffCaller(
        staff_id=found.staff_id,
        username=found.username,
        merchant_id=found.merchant_id,
        token_id=found.token_id,
        permissions=await app.permissions.permissions_of(app.db, found.staff_id, audience, epoch=found.epoch),
        must_change_password=found.must_change_password,
        origin=origin,
    )
