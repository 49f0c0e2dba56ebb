"""Rules of `infra/outside_calls.py`: no call to another server inside a transaction or a rerun."""

import asyncio

import pytest

from wanpu.infra.database import rerun_on_conflict
from wanpu.infra.http_client import AiohttpClient, NoAnswer
from wanpu.infra.outside_calls import OutsideCallRefused, refuse_inside_transaction


@pytest.fixture
async def client():
    client = AiohttpClient()
    yield client
    await client.close()


async def call(client):
    """A server that is not there: a call that is let through has no answer."""
    await client.send("GET", "http://127.0.0.1:1/", headers={})


async def test_a_call_inside_a_transaction_is_refused_and_one_after_it_goes_out(db, client):
    async with db.transaction():
        with pytest.raises(OutsideCallRefused, match=r"GET http://127\.0\.0\.1:1/"):
            await call(client)

    with pytest.raises(NoAnswer):
        await call(client)


async def test_after_a_transaction_that_failed_calls_go_out_again(db, client):
    async def fail():
        async with db.transaction():
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        await fail()
    with pytest.raises(NoAnswer):
        await call(client)


async def test_an_inner_transaction_does_not_open_the_way_for_the_outer(db, db_url, client):
    from wanpu.infra.database import Database

    other = Database(db_url, pool_size=1)
    async with db.transaction():
        async with other.snapshot():
            pass
        with pytest.raises(OutsideCallRefused):
            await call(client)
    await other.close()


async def test_a_reading_may_be_open_while_a_call_is_made(db, client):
    async with db.reading():
        with pytest.raises(NoAnswer):
            await call(client)


async def test_a_function_that_may_run_again_cannot_call_out(client):
    @rerun_on_conflict
    async def careless() -> None:
        await call(client)

    with pytest.raises(OutsideCallRefused):
        await careless()


async def test_a_task_started_inside_a_transaction_is_on_its_own(db, client):
    async with db.transaction():
        other = asyncio.create_task(call(client))
        with pytest.raises(NoAnswer):
            await other


def test_code_outside_any_loop_is_free():
    async def ask() -> None:
        refuse_inside_transaction("anything")

    asyncio.run(ask())
