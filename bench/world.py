"""A database to measure on: members with tokens, two merchants' shelves, and nothing else."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import insert, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from wanpu.crm.models import Member, MemberAddress, MemberToken, Merchant
from wanpu.crm.states import MemberStatus, MerchantStatus
from wanpu.infra import migrations
from wanpu.infra.services import Services, close_services, open_services
from wanpu.infra.settings import Settings
from wanpu.infra.tables import table_of
from wanpu.kernel.money import Fen
from wanpu.product.models import Category
from wanpu.product.rules import NewSku, NewSpu, SaleAttribute
from wanpu.product.service.goods import create_spu
from wanpu.product.states import StockStrategy

MEMBERS = 1000
SHELVES = 5
SPUS_PER_SHELF = 10
SKUS_PER_SPU = 20
PRICE_FEN = 1000
STOCK = 10_000_000
MASTER_KEY = "bq3V9xw0cJbY7mZr2TfLhN8uPdGaE5sX"
SERVERS = {
    "postgresql": os.environ.get(
        "WANPU_BENCH_POSTGRESQL_URL", "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres"
    ),
    "mariadb": os.environ.get("WANPU_BENCH_MARIADB_URL", "mariadb+asyncmy://root@127.0.0.1:3306/mysql"),
}


@dataclass(frozen=True)
class World:
    """What load generators need to know. `shelves[i]` are SKU ids; an order takes one of each shelf,
    the first three shelves are one merchant's, the rest another's."""

    settings: Settings
    services: Services
    tokens: list[str]
    shelves: list[list[int]]
    spu_id: int
    hot_sku: int

    @property
    def address_of(self) -> dict[str, int]:
        """Every token's member owns the address of the same number."""
        return {token: number for number, token in enumerate(self.tokens, start=1)}


@asynccontextmanager
async def world(engine: str, folder: Path) -> AsyncIterator[World]:
    """Make the database, give it to the block, drop it."""
    name = f"wanpu_bench_{os.getpid()}"
    await _on_server(engine, f"CREATE DATABASE {name}")
    url = make_url(SERVERS[engine]).set(database=name)
    settings = Settings(
        _env_file=None,
        data_dir=folder,
        database_url=url.render_as_string(hide_password=False),
        master_key=SecretStr(MASTER_KEY),
        log_level="warning",
        database_pool_size=4,
    )
    services = await open_services(settings)
    try:
        await migrations.upgrade(services.db)
        yield await _fill(settings, services)
    finally:
        await close_services(services)
        await _on_server(engine, f"DROP DATABASE {name}{' WITH (FORCE)' if engine == 'postgresql' else ''}")


async def _fill(settings: Settings, services: Services) -> World:
    now = services.clock.now()
    stamps = {"created_at": now, "updated_at": now}
    made = [services.tokens.new() for _ in range(MEMBERS)]
    async with services.db.transaction() as session:
        await session.execute(
            insert(table_of(Merchant)),
            [
                {
                    "id": merchant_id,
                    "merchant_name": f"店铺{merchant_id}",
                    "merchant_diminutive": f"店{merchant_id}",
                    "legal_person": "",
                    "address": "",
                    "phone": "",
                    "customer_hotline": "",
                    "status": MerchantStatus.AUTHENTICATED,
                    "uniform_social_credit_code": "",
                    "profit_share_rate_bp": 500,
                }
                | stamps
                for merchant_id in (1, 2)
            ],
        )
        category = {"id": 1, "parent_id": None, "name": "全部", "level": 1, "seq": 1, "path": "/1/"} | stamps
        await session.execute(insert(table_of(Category)), [category])
        members = [
            {"user_id": number, "username": f"bench{number}", "status": MemberStatus.NORMAL, "nickname": ""}
            | stamps
            for number in range(1, MEMBERS + 1)
        ]
        await session.execute(insert(table_of(Member)), members)
        addresses = [
            {
                "id": number,
                "wx_user_id": number,
                "recv_name": "张三",
                "recv_tel": "13800138000",
                "recv_province": "浙江省",
                "recv_city": "杭州市",
                "recv_area": "西湖区",
                "recv_addr": "文三路 1 号",
                "recv_post_code": "310000",
            }
            | stamps
            for number in range(1, MEMBERS + 1)
        ]
        await session.execute(insert(table_of(MemberAddress)), addresses)
        sessions = [
            {
                "token_hash": digest,
                "user_id": number,
                "expires_at": now + timedelta(days=1),
                "created_at": now,
            }
            for number, (_, digest) in enumerate(made, start=1)
        ]
        await session.execute(insert(table_of(MemberToken)), sessions)
    shelves, spu_id = [], 0
    for shelf in range(SHELVES):
        sku_ids: list[int] = []
        for number in range(SPUS_PER_SHELF):
            spu = await create_spu(services, _product(1 if shelf < 3 else 2, f"商品 {shelf}-{number}"))
            spu_id = spu.spu_id
            sku_ids += spu.sku_ids
        shelves.append(sku_ids)
    return World(settings, services, [token for token, _ in made], shelves, spu_id, shelves[0][0])


def _product(merchant_id: int, title: str) -> NewSpu:
    values = tuple(f"款{number}" for number in range(SKUS_PER_SPU))
    return NewSpu(
        merchant_id=merchant_id,
        category_id=1,
        title=title,
        stock_strategy=StockStrategy.ON_ORDER,
        sale_attrs=[SaleAttribute("款式", values)],
        skus=[NewSku({"款式": value}, Fen(PRICE_FEN), STOCK) for value in values],
        images=["/files/bench.webp"],
    )


async def _on_server(engine: str, statement: str) -> None:
    server = create_async_engine(SERVERS[engine], poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        async with server.connect() as connection:
            await connection.execute(text(statement))
    finally:
        await server.dispose()
