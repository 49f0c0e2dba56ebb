"""Nodes watch each other: who has fallen silent, and what becomes of the runs they held."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from structlog import get_logger

from wanpu.infra.database import rerun_on_conflict
from wanpu.infra.jobs import claims, metrics, queries
from wanpu.infra.jobs.models import JobNode
from wanpu.infra.jobs.services import JobServices
from wanpu.infra.signals import JOBS

SILENT_AFTER = 1.75
"""Intervals without a check-in after which a node counts as lost, and a lease ends. Whoever watches
learns of it within the last quarter of the second interval."""
BATCH = 50

log = get_logger(__name__)


def silence(check_in_s: float) -> timedelta:
    """How long a node may say nothing, and how long a lease lasts."""
    return timedelta(seconds=check_in_s * SILENT_AFTER)


@rerun_on_conflict
async def check_in(app: JobServices, name: str, check_in_s: int) -> None:
    """Say that a node is alive."""
    async with app.db.transaction() as session:
        await queries.check_in(session, name, await app.time.now(session), check_in_s)


async def watch(app: JobServices) -> datetime | None:
    """Note lost nodes and recover the runs whose leases have ended; when to look again at the latest."""
    async with app.db.reading() as session:
        now = await app.time.now(session)
        nodes = [node for node in await queries.list_nodes(session) if node.lost_at is None]
        expired = await queries.list_expired(session, now, BATCH)
        lease_end = await queries.find_first_lease_end(session)
    for firing in expired:
        status = await claims.recover(app, firing)
        if status is not None:
            metrics.JOB_RECOVERIES.labels(firing.bean_name, status.value).inc()
            log.warning(
                "job.recovered",
                job=firing.bean_name,
                job_id=firing.job_id,
                fire_time=firing.fire_time.isoformat(),
                status=status.value,
            )
            app.signals.wake(JOBS)
    ends = _ends_of_silence(nodes)
    for node, end in ends:
        if end <= now and await _give_up(app, node):
            metrics.JOB_NODES_LOST.inc()
            log.warning("job.node_lost", node=node.name, last_check_in=node.last_check_in.isoformat())
    ahead = [end for _, end in ends if end > now]
    if lease_end is not None:
        ahead.append(max(lease_end, now))
    return min(ahead, default=None)


def _ends_of_silence(nodes: Sequence[JobNode]) -> list[tuple[JobNode, datetime]]:
    return [(node, node.last_check_in + silence(node.check_in_s)) for node in nodes]


@rerun_on_conflict
async def _give_up(app: JobServices, node: JobNode) -> bool:
    async with app.db.transaction() as session:
        return await queries.mark_lost(session, node, await app.time.now(session))


@rerun_on_conflict
async def leave(app: JobServices, name: str) -> None:
    """Forget a node that stops."""
    async with app.db.transaction() as session:
        await queries.delete_node(session, name)
