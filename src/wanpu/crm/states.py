"""Statuses of merchants and members, as the database keeps them."""

from enum import IntEnum

from wanpu.kernel.states import TransitionTable


class MerchantStatus(IntEnum):
    """商家状态."""

    TO_BE_AUTHENTICATED = 1
    AUTHENTICATED = 20
    REJECTED = 30
    FROZEN = 90


class MemberStatus(IntEnum):
    """会员状态."""

    DISABLED = 0
    NORMAL = 1


MERCHANT_MOVES = TransitionTable[MerchantStatus](
    {
        MerchantStatus.TO_BE_AUTHENTICATED: {MerchantStatus.AUTHENTICATED, MerchantStatus.REJECTED},
        MerchantStatus.REJECTED: {MerchantStatus.TO_BE_AUTHENTICATED},
        MerchantStatus.AUTHENTICATED: {MerchantStatus.FROZEN},
        MerchantStatus.FROZEN: {MerchantStatus.AUTHENTICATED},
    }
)
