"""Putting units into stock (入库); orders move stock through `selling`."""

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.services import Services
from wanpu.kernel.ids import Id
from wanpu.product import queries
from wanpu.product.caching import product_page_key
from wanpu.product.errors import ProductInvalid, SkuNotFound, StockRefReused
from wanpu.product.rules import MAX_STOCK
from wanpu.product.selling import StockChange, lock_available, move_stock
from wanpu.product.service.goods import refresh_sold_out
from wanpu.product.states import StockMove


async def add_stock(services: Services, sku_id: Id, quantity: int, ref: str) -> None:
    """Put units in; the same stocking number and quantity again changes nothing.

    Raises:
        ProductInvalid: not a positive quantity, or more than a row can hold.
        SkuNotFound: no such variant.
        StockRefReused: the number has put in another quantity.
    """
    if not 0 < quantity <= MAX_STOCK:
        raise ProductInvalid(details={"problem": f"a quantity is 1 to {MAX_STOCK}"})
    spu_id = await _add_stock(services.db, sku_id, quantity, ref)
    await services.cache.drop(product_page_key(spu_id))
    await refresh_sold_out(services, [spu_id])


@rerun_on_conflict
async def _add_stock(db: Database, sku_id: Id, quantity: int, ref: str) -> Id:
    async with db.transaction() as session:
        sku = await queries.find_sku(session, sku_id)
        if sku is None:
            raise SkuNotFound
        available = await lock_available(session, [sku_id])
        known = await queries.find_stocking(session, sku_id, ref)
        if known is not None:
            if known != quantity:
                raise StockRefReused
            return sku.spu_id
        if available[sku_id] + quantity > MAX_STOCK:
            raise ProductInvalid(details={"problem": f"a variant holds {MAX_STOCK} units at most"})
        change = StockChange(sku_id, StockMove.STOCKED, quantity, ref)
        await move_stock(session, [change], now=db.clock.now())
    return sku.spu_id
