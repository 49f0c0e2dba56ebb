"""Settings and secrets as code reads them: a change is seen by every node within a second."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import event, update
from tests.wanpu.system.operations import make_caller

from wanpu.infra.database import Database
from wanpu.infra.services import Services, close_services, open_services
from wanpu.infra.tables import table_of
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import Id
from wanpu.system.config_keys import APPROVALS, STORAGE
from wanpu.system.models import Config
from wanpu.system.service.base_rows import lay_base_rows
from wanpu.system.service.configs import (
    ConfigContent,
    change_config,
    create_config,
    delete_config,
    get_config,
    list_keys,
)
from wanpu.system.service.secrets import change_secret, delete_secret, seal_secret
from wanpu.system.services import SystemServices, open_system_services
from wanpu.system.states import ConfigStatus
from wanpu.system.storage_settings import StorageSettings

KEY = "CLOUD_STORAGE_CONFIG_KEY/qiniuSecretKey"


@pytest.fixture
async def other_node(services: Services, clock: ManualClock) -> AsyncIterator[SystemServices]:
    """Another node over the same database, with nothing but that in common."""
    opened = await open_services(services.settings, clock=clock)
    yield open_system_services(opened)
    await close_services(opened)


async def approvals_id(system: SystemServices) -> Id:
    ids = {key.name: row_id for key, row_id in await list_keys(system)}
    found = ids[APPROVALS.name]
    assert found is not None
    return found


async def set_approvals(system: SystemServices, text: str, version: int) -> None:
    content = ConfigContent(text, ConfigStatus.SHOWN, "")
    await change_config(system, make_caller(), await approvals_id(system), content, version=version)


def statements_of(db: Database) -> list[str]:
    """Every statement that the reading pool sends from now on."""
    sent: list[str] = []
    event.listen(
        db._reader.sync_engine, "before_cursor_execute", lambda *arguments: sent.append(arguments[2])
    )
    return sent


@pytest.mark.requirement("S0-122")
async def test_what_is_made_changed_and_removed_is_seen_here_at_once_and_on_another_node_within_a_second(
    system: SystemServices, other_node: SystemServices, clock: ManualClock
) -> None:
    def content(text: str) -> ConfigContent:
        return ConfigContent(text, ConfigStatus.SHOWN, "四眼")

    async def seen() -> tuple[bool, bool]:
        here = (await system.configs.value(APPROVALS)).secret_change
        clock.advance(timedelta(seconds=1))
        return here, (await other_node.configs.value(APPROVALS)).secret_change

    assert await seen() == (False, False)

    made = await create_config(system, make_caller(), APPROVALS.name, content('{"secretChange": true}'))
    assert await seen() == (True, True)
    assert (await get_config(other_node.db, made.id)).param_value == '{"secretChange": true}'

    await change_config(system, make_caller(), made.id, content('{"secretChange": false}'), version=1)
    assert await seen() == (False, False)

    await change_config(other_node, make_caller(), made.id, content('{"secretChange": true}'), version=2)
    clock.advance(timedelta(seconds=1))
    assert await seen() == (True, True)

    await delete_config(system, make_caller(), made.id, version=3)
    assert await seen() == (False, False)


async def test_a_secret_is_seen_and_gone_on_another_node_within_a_second(
    system: SystemServices, other_node: SystemServices, clock: ManualClock
) -> None:
    assert await other_node.configs.secret(KEY) is None

    await change_secret(system, make_caller(), seal_secret(system, KEY, SecretStr("s3cret")))
    clock.advance(timedelta(seconds=1))
    assert await other_node.configs.secret(KEY) == "s3cret"

    await delete_secret(system, make_caller(), KEY)
    assert await system.configs.secret(KEY) is None
    clock.advance(timedelta(seconds=1))
    assert await other_node.configs.secret(KEY) is None


async def test_many_questions_in_one_second_cost_two_statements(
    system: SystemServices, clock: ManualClock
) -> None:
    sent = statements_of(system.db)

    await asyncio.gather(*(system.configs.value(APPROVALS) for _ in range(50)))
    await asyncio.gather(*(system.configs.secret(KEY) for _ in range(50)))
    assert len(sent) == 2

    clock.advance(timedelta(seconds=1))
    await system.configs.value(STORAGE)
    assert len(sent) == 4


async def test_a_clock_that_goes_back_does_not_freeze_what_is_known(
    system: SystemServices, other_node: SystemServices, clock: ManualClock
) -> None:
    await lay_base_rows(system)
    await other_node.configs.value(APPROVALS)
    await set_approvals(system, '{"secretChange": true}', 1)

    clock.advance(timedelta(hours=-1))

    assert (await other_node.configs.value(APPROVALS)).secret_change is True


async def test_without_a_row_and_after_its_deletion_the_defaults_hold(system: SystemServices) -> None:
    assert await system.configs.value(STORAGE) == StorageSettings()

    await lay_base_rows(system)
    await set_approvals(system, '{"secretChange": true}', 1)
    await delete_config(system, make_caller(), await approvals_id(system), version=2)

    assert (await system.configs.value(APPROVALS)).secret_change is False


async def test_a_value_that_was_spoilt_past_us_gives_the_defaults(
    system: SystemServices, clock: ManualClock
) -> None:
    await lay_base_rows(system)
    async with system.db.transaction() as session:
        await session.execute(update(table_of(Config)).values(param_value='{"secretChange": "maybe"}'))

    assert (await system.configs.value(APPROVALS)).secret_change is False
    assert (await system.configs.value(STORAGE)).type == 0
