"""What a permission check on a warm cache adds to a route that already knows who calls."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Annotated

from fastapi import APIRouter, FastAPI
from sqlalchemy import insert
from starlette.types import Message, Scope

from bench.report import Line
from bench.world import World, world
from wanpu.infra.database import Database
from wanpu.infra.http.errors import add_error_handlers
from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.system import SystemServices, lay_base_rows, open_system_services
from wanpu.system.api.identity import SignedIn, needs
from wanpu.system.callers import StaffCaller
from wanpu.system.models import Role, RoleMenu, Staff, StaffRole, StaffToken
from wanpu.system.queries import access
from wanpu.system.service.permissions import PermissionBook
from wanpu.system.states import Audience

STAFF_ID = Id(2)
MENU_ID = 29  # 系统日志, sys:log:list
ROUND = 50
"""Requests of one side before the other has its turn; half of all rounds take longer than the median."""

router = APIRouter(route_class=StrictJsonRoute)


@router.get("/empty")
async def empty(caller: SignedIn) -> dict[str, str]:
    return {}


@router.get("/guarded")
async def guarded(caller: Annotated[StaffCaller, needs("sys:log:list")]) -> dict[str, str]:
    return {}


class NoPermissions(PermissionBook):
    """Knows that an account may do nothing, and looks nowhere."""

    async def permissions_of(
        self, db: Database, staff_id: Id, audience: Audience, *, epoch: int
    ) -> frozenset[str]:
        return frozenset()


async def measure(folder: Path, seconds: int) -> list[Line]:
    """CPU time of the same empty answer with and without the check, in turns within one process.

    Both find out who calls by one statement to PostgreSQL, as every console request does; one of them
    asks nobody what the caller may do.
    """
    async with world("postgresql", folder) as made:
        system = open_system_services(made.services)
        token = await _sign_in(made, system)
        plain = _caller(_app(replace(system, permissions=NoPermissions())), "/empty", token)
        checked = _caller(_app(system), "/guarded", token)
        for ask in (plain, checked):
            await _cpu_of(ask)
        spent: dict[Callable[[], Awaitable[None]], list[float]] = {plain: [], checked: []}
        until = time.monotonic() + 2 * seconds
        while time.monotonic() < until:
            for ask in (plain, checked, checked, plain):
                spent[ask].append(await _cpu_of(ask))
    return [
        Line(
            "permission check, per CPU second",
            ROUND / median(spent[checked]),
            ROUND / median(spent[plain]),
            0.95,
            "the same empty route, signed in, no permission looked up",
        )
    ]


def _app(system: SystemServices) -> FastAPI:
    app = FastAPI()
    app.state.system = system
    add_error_handlers(app)
    app.include_router(router)
    return app


def _caller(app: FastAPI, path: str, token: str) -> Callable[[], Awaitable[None]]:
    """A function that asks the application for one path, without a socket between."""
    scope: Scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {token}".encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] == 200

    async def ask() -> None:
        await app(dict(scope), receive, send)

    return ask


async def _cpu_of(ask: Callable[[], Awaitable[None]]) -> float:
    """CPU seconds of one round."""
    started = time.process_time()
    for _ in range(ROUND):
        await ask()
    return time.process_time() - started


async def _sign_in(made: World, system: SystemServices) -> str:
    """A staff account with one permission, and a live session of it."""
    await lay_base_rows(made.services)
    token, digest = made.services.tokens.new()
    now = made.services.clock.now()
    session_row = {
        "token_id": 1,
        "token_hash": digest,
        "user_id": STAFF_ID,
        "expires_at": now + timedelta(days=1),
        "ends_at": now + timedelta(days=1),
        "last_seen_at": now,
        "ip": "",
        "user_agent": "",
        "created_at": now,
    }
    links = {
        StaffRole: {"user_id": STAFF_ID, "role_id": 1},
        RoleMenu: {"role_id": 1, "menu_id": MENU_ID},
    }
    async with system.db.transaction() as session:
        session.add(Staff(user_id=STAFF_ID, username="bench", password=""))
        session.add(Role(role_id=Id(1), role_name="bench"))
        for model, link in links.items():
            await session.execute(insert(table_of(model)).values(**link, created_at=now))
        await session.execute(insert(table_of(StaffToken)).values(**session_row))
        await access.renew_epoch(session)
    return token
