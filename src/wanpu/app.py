"""The HTTP application: every room's routes, both front ends, and what surrounds a request."""

import contextlib
import functools
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

import wanpu
from wanpu.crm.api import store as crm_store
from wanpu.infra.http import health
from wanpu.infra.http.errors import add_error_handlers
from wanpu.infra.http.hot_route import add_hot_routes
from wanpu.infra.http.middleware import add_middleware, content_security_policy
from wanpu.infra.http.openapi import describe_refusals_and_callers
from wanpu.infra.http.single_page_site import FOR_A_DAY, SinglePageSite, mount_below
from wanpu.mall import Mall, background_work, close_mall, watching
from wanpu.order.api import pages as order_pages
from wanpu.order.api import store as order_store
from wanpu.payment.api import cashier, notify
from wanpu.product.api import store as product_store
from wanpu.system.api import ROUTERS as SYSTEM_ROUTERS
from wanpu.system.api.uploads import body_limits
from wanpu.system.service.storage_places import picture_origins

WITHOUT_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""Looking for a tracer that nobody configured costs a tenth of a hot request."""

_STATIC = Path(wanpu.__file__).parent / "static"
STOREFRONT = _STATIC / "h5"
CONSOLE = _STATIC / "console"


def create_app(mall: Mall, *, works_in_background: bool = True) -> FastAPI:
    """One application over one mall, which it closes when it stops. Events and due work run beside it
    unless `works_in_background` is False (then a worker process does them)."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(close_mall, mall)
            await stack.enter_async_context(watching(mall))
            if works_in_background:
                await stack.enter_async_context(background_work(mall))
            yield

    app = FastAPI(
        title="Wanpu 万铺",
        version=wanpu.VERSION,
        description="A multi-merchant mall with its own payment platform.",
        lifespan=lifespan,
        redoc_url=None,
        telemetry=WITHOUT_TELEMETRY,
    )
    app.state.services = mall.services
    app.state.system = mall.system
    app.state.jobs = mall.jobs
    app.state.orders = mall.orders
    app.state.payments = mall.payments
    add_error_handlers(app)
    for module in (crm_store, product_store, order_store, order_pages, cashier, health):
        app.include_router(module.router)
    for router in SYSTEM_ROUTERS:
        app.include_router(router)
    add_hot_routes(app, [*product_store.HOT_ROUTES, *order_store.HOT_ROUTES, *notify.HOT_ROUTES])
    describe_refusals_and_callers(app)
    app.mount("/cashier/assets", cashier.assets)
    files = SinglePageSite(mall.services.settings.data_dir / "files", kept=FOR_A_DAY)
    app.mount("/files", files, name="files")
    page_policy = functools.partial(_page_policy, mall)
    mount_below(app, "/console", SinglePageSite(CONSOLE, page_policy=page_policy))
    app.mount("/", SinglePageSite(STOREFRONT, page_policy=page_policy), name="storefront")
    add_middleware(app, mall.services.settings, body_limits=body_limits(mall.services.settings))
    return app


async def _page_policy(mall: Mall) -> str:
    """Pages show pictures of this host and of the buckets that operators have chosen."""
    return content_security_policy(await picture_origins(mall.system))
