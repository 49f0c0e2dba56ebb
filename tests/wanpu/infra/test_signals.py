"""Rules of `infra/signals.py`."""

import asyncio

from wanpu.infra.signals import Signals


async def test_a_wake_up_before_the_wait_is_kept_for_it():
    signals = Signals()
    signals.wake("outbox")

    assert await signals.wait("outbox", 0.01) is True
    assert await signals.wait("outbox", 0.01) is False


async def test_several_wake_ups_become_one():
    signals = Signals()
    for _ in range(3):
        signals.wake("outbox")

    assert await signals.wait("outbox", 0.01) is True
    assert await signals.wait("outbox", 0.01) is False


async def test_a_wake_up_reaches_everybody_who_waits_for_its_name_and_nobody_else():
    signals = Signals()
    waiting = [asyncio.create_task(signals.wait("outbox", 5)) for _ in range(3)]
    other = asyncio.create_task(signals.wait("due_work", 0.05))
    await asyncio.sleep(0)

    signals.wake("outbox")

    assert await asyncio.gather(*waiting) == [True, True, True]
    assert await other is False
