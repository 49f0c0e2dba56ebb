"""A lane: group commit in the process. Whatever has queued goes into one transaction."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import Context, copy_context
from typing import Generic, TypeVar, cast

from structlog import get_logger

from wanpu.infra import metrics
from wanpu.infra.database import is_disconnect
from wanpu.kernel.errors import Unavailable

C = TypeVar("C")
R = TypeVar("R")

log = get_logger(__name__)


class LaneFull(Unavailable):
    """Too many commands wait already; nothing was written."""

    code = "service.busy"


class Lane(Generic[C, R]):
    """Gives each caller its own result, though many commands are committed together.

    An idle lane commits a command at once, alone; while `parallel` batches are being committed the next one
    gathers. There is no timer. A batch runs in the context of its first command: its request is the one
    that logs and spans name. `commit` answers one result or exception per command, in their order,
    and must bear a repeat of commands it has committed: when it raises as a whole, its commands are
    tried one by one, so that one bad command never sinks its neighbours.
    """

    def __init__(
        self,
        commit: Callable[[list[C]], Awaitable[list[R | Exception]]],
        *,
        name: str = "lane",
        max_batch: int = 200,
        max_queue: int = 2000,
        parallel: int = 1,
    ) -> None:
        self._commit = commit
        self._name = name
        self._max_batch = max_batch
        self._max_queue = max_queue
        self._queue: deque[tuple[C, asyncio.Future[R], Context]] = deque()
        self._parallel = parallel
        self._workers: set[asyncio.Task[None]] = set()

    async def submit(self, command: C) -> R:
        """Have the command committed; answers or raises what `commit` said about it.

        A caller that is cancelled leaves its neighbours alone; its own command may still be committed.

        Raises:
            LaneFull: refused before it was queued.
        """
        if len(self._queue) >= self._max_queue:
            metrics.LANE_REFUSED.labels(self._name).inc()
            raise LaneFull
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._queue.append((command, answer, copy_context()))
        if len(self._workers) < self._parallel:
            self._workers.add(asyncio.create_task(self._work()))
        return await answer

    async def close(self) -> None:
        """Wait until everything that was submitted has its answer."""
        while self._workers:
            await asyncio.wait(self._workers)

    async def _work(self) -> None:
        try:
            await self._drain()
        finally:
            # In the same step that found the queue empty: who submits afterwards starts another worker.
            self._workers.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _drain(self) -> None:
        while self._queue:
            count = min(len(self._queue), self._max_batch)
            taken = [self._queue.popleft() for _ in range(count)]
            batch = [each for each in taken if not each[1].done()]
            if batch:
                metrics.LANE_BATCH.labels(self._name).observe(len(batch))
                working = self._results_of([command for command, _, _ in batch])
                results = await asyncio.create_task(working, context=batch[0][2])
                for (_, answer, _), result in zip(batch, results, strict=True):
                    _answer(answer, result)

    async def _results_of(self, commands: list[C]) -> list[R | Exception]:
        try:
            return await self._commit_all(commands)
        except Exception as error:
            if len(commands) == 1 or isinstance(error, Unavailable) or is_disconnect(error):
                return [error] * len(commands)
            log.warning("lane.batch_failed", lane=self._name, commands=len(commands), error=str(error))
        results: list[R | Exception] = []
        for command in commands:
            try:
                results += await self._commit_all([command])
            except Exception as error:
                results.append(error)
        return results

    async def _commit_all(self, commands: list[C]) -> list[R | Exception]:
        results = await self._commit(commands)
        if len(results) != len(commands):
            raise RuntimeError(f"{len(results)} results for {len(commands)} commands")
        return results


def _answer(answer: asyncio.Future[R], result: R | Exception) -> None:
    if answer.done():
        return
    if isinstance(result, Exception):
        answer.set_exception(result)
    else:
        answer.set_result(result)
