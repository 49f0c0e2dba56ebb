"""Seal the operation log in batches, so that nobody changes or removes a row unseen."""

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.tables import table_of
from wanpu.infra.vault import Vault
from wanpu.system.models import LogSeal
from wanpu.system.queries import logs as queries
from wanpu.system.seals import BEFORE_THE_FIRST, PURPOSE, seal_hash

BATCH = 1000


async def seal_operations(db: Database, vault: Vault) -> int:
    """Seal every row that has no seal yet; how many were sealed.

    Rows are sealed as they are committed: one whose id is lower and that commits later comes under a
    later seal.
    """
    sealed = 0
    while batch := await _seal_batch(db, vault.derive(PURPOSE)):
        sealed += batch
    return sealed


@rerun_on_conflict
async def _seal_batch(db: Database, key: bytes) -> int:
    """Two nodes that seal at once draw the same number; its unique key lets one through and the other
    run again.

    The number is read before the rows: rows read first may be sealed by another node whose number
    is read afterwards, and then nothing would stop a second seal over them.
    """
    async with db.transaction() as session:
        last = await queries.find_last_seal(session)
        rows = await queries.list_unsealed(session, BATCH)
        if not rows:
            return 0
        seal_no = 1 if last is None else last.seal_no + 1
        previous = BEFORE_THE_FIRST if last is None else last.hash
        await session.execute(
            table_of(LogSeal)
            .insert()
            .values(
                seal_no=seal_no,
                entries=len(rows),
                first_id=rows[0]["id"],
                last_id=rows[-1]["id"],
                previous=previous,
                hash=seal_hash(key, seal_no, previous, rows),
                created_at=db.clock.now(),
            )
        )
        marked = await queries.mark_sealed(session, [row["id"] for row in rows], seal_no)
        assert marked == len(rows), "a row was sealed twice"
    return len(rows)
