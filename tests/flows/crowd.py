"""Many requests at one moment, from several processes that wait for each other at a barrier."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.synchronize import Barrier
from typing import Any

import aiohttp

from tests.processes import context

PROCESSES = 5
_ALL_WITHIN_S = 150


@dataclass(frozen=True)
class Ask:
    """One request of the crowd; a body is sent as JSON."""

    method: str
    url: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None


@dataclass(frozen=True)
class Heard:
    """What came back to one request."""

    status: int
    body: Any


def ask_at_once(asks: Sequence[Ask], *, processes: int = PROCESSES) -> list[Heard]:
    """Send all requests in the same moment and give the answers in the order of the requests.

    Every process opens its connections first; then all of them pass the barrier together.
    """
    barrier = context.Barrier(processes)
    answers = context.Queue()
    shares = [list(enumerate(asks))[start::processes] for start in range(processes)]
    crowd = [context.Process(target=_ask_all, args=(share, barrier, answers)) for share in shares]
    for process in crowd:
        process.start()
    try:
        heard: dict[int, Heard] = {}
        for _ in crowd:
            heard.update(answers.get(timeout=_ALL_WITHIN_S))
    finally:
        for process in crowd:
            process.join(10)
            if process.is_alive():
                process.kill()
    return [heard[number] for number in range(len(asks))]


def _ask_all(share: Sequence[tuple[int, Ask]], barrier: Barrier, answers: Any) -> None:
    answers.put(asyncio.run(_ask(share, barrier)))


async def _ask(share: Sequence[tuple[int, Ask]], barrier: Barrier) -> dict[int, Heard]:
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=_ALL_WITHIN_S)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        barrier.wait(_ALL_WITHIN_S)
        results = await asyncio.gather(*(_send(session, ask) for _, ask in share))
    return {number: result for (number, _), result in zip(share, results, strict=True)}


async def _send(session: aiohttp.ClientSession, ask: Ask) -> Heard:
    headers = dict(ask.headers)
    data = ask.raw
    if ask.body is not None:
        data = json.dumps(ask.body).encode()
        headers["Content-Type"] = "application/json"
    async with session.request(ask.method, ask.url, data=data, headers=headers) as answer:
        text = await answer.read()
    try:
        return Heard(answer.status, json.loads(text))
    except ValueError:
        return Heard(answer.status, text)
