"""Several processes over one Redis: a change that one of them makes is seen by the others at once."""

from collections.abc import AsyncIterator

import pytest
from tests.builders import make_member, make_spu
from tests.http import Caller, room_app, serving

from wanpu.crm.api import store as crm_store
from wanpu.crm.service.sessions import sign_out
from wanpu.infra.services import Services, close_services, open_services
from wanpu.infra.settings import Settings
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.money import Fen
from wanpu.product.api import store as product_store
from wanpu.product.service.goods import change_price, take_off_shelf

pytestmark = pytest.mark.service("redis")


@pytest.fixture
async def nodes(
    settings: Settings, clock: ManualClock, redis_url: str, redis_prefix: str
) -> AsyncIterator[tuple[Services, Services]]:
    """Two nodes that share the database and the cache."""
    shared = settings.model_copy(update={"redis_url": redis_url, "redis_prefix": redis_prefix})
    first, second = await open_services(shared, clock=clock), await open_services(shared, clock=clock)
    yield first, second
    await close_services(first)
    await close_services(second)


@pytest.fixture
async def http(nodes: tuple[Services, Services]) -> AsyncIterator[Caller]:
    """Asks the second node."""
    app = room_app(nodes[1], [crm_store.router, product_store.router], product_store.HOT_ROUTES)
    async with serving(app) as caller:
        yield caller


async def test_a_session_that_one_node_ended_is_refused_by_the_other(
    nodes: tuple[Services, Services], http: Caller
) -> None:
    member = await make_member(nodes[0])
    me = http.with_token(member.token)
    assert (await me.get("/store/v1/me")).status == 200

    await sign_out(nodes[0], member.token)

    assert (await me.get("/store/v1/me")).refusal == (401, "auth.token_invalid")


async def test_a_price_and_a_shelf_that_one_node_changed_are_shown_by_the_other(
    nodes: tuple[Services, Services], http: Caller
) -> None:
    made = await make_spu(nodes[0], skus=[(1990, 8)])
    path = f"/store/v1/products/{made.spu_id}"
    assert (await http.get(path)).body["skus"][0]["price_fen"] == 1990
    assert (await http.get("/store/v1/products")).body["items"][0]["price_fen"] == 1990

    await change_price(nodes[0], made.sku_ids[0], Fen(990))

    assert (await http.get(path)).body["skus"][0]["price_fen"] == 990
    assert (await http.get("/store/v1/products")).body["items"][0]["price_fen"] == 990
    await take_off_shelf(nodes[0], made.spu_id)
    assert (await http.get(path)).refusal == (404, "product.off_shelf")
    assert (await http.get("/store/v1/products")).body["items"] == []
