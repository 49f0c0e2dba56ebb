"""Statuses of products and kinds of their pictures and stock movements."""

from enum import IntEnum, StrEnum

from wanpu.kernel.states import TransitionTable


class SpuStatus(IntEnum):
    """商品状态."""

    TO_BE_SHELVED = 10
    ON_SHELF = 20
    REJECTED = 30
    OFF_SHELF = 90


class StockStrategy(IntEnum):
    """库存扣减方式."""

    ON_ORDER = 1  # 拍下减库存
    ON_PAYMENT = 2  # 付款减库存


class PictureType(IntEnum):
    """附件类型."""

    HEAD = 1  # 主图
    DETAIL = 2  # 详情图


class StockMove(StrEnum):
    """Why stock moved; one journal row each."""

    STOCKED = "stocked"  # put in: available +
    HELD = "held"  # available → held, at order
    RELEASED = "released"  # held → available, at close
    SOLD_HELD = "sold_held"  # held → sold, at payment of strategy 1
    SOLD = "sold"  # available → sold, at payment of strategy 2


SPU_MOVES = TransitionTable[SpuStatus](
    {
        SpuStatus.TO_BE_SHELVED: {SpuStatus.ON_SHELF, SpuStatus.REJECTED},
        SpuStatus.REJECTED: {SpuStatus.TO_BE_SHELVED},
        SpuStatus.ON_SHELF: {SpuStatus.OFF_SHELF, SpuStatus.TO_BE_SHELVED},
        SpuStatus.OFF_SHELF: {SpuStatus.TO_BE_SHELVED},
    }
)
