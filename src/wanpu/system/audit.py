"""Whether the operation log is what was written: every seal is worked out again from its rows."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.vault import Vault
from wanpu.kernel.audit import Finding
from wanpu.system.queries import logs as queries
from wanpu.system.seals import BEFORE_THE_FIRST, PURPOSE, seal_hash

RULE = "L1"
_SEALS_AT_ONCE = 500


def audit_operation_log(vault: Vault) -> Callable[[AsyncSession], Awaitable[Sequence[Finding]]]:
    """The check of one installation, whose vault holds the key of the seals (retired ones too)."""
    keys = vault.derive_all(PURPOSE)

    async def check(session: AsyncSession) -> list[Finding]:
        findings: list[Finding] = []
        number, previous = 0, BEFORE_THE_FIRST
        while seals := await queries.list_seals(session, number, _SEALS_AT_ONCE):
            for seal in seals:
                findings += await _audit_seal(session, seal, number + 1, previous, keys)
                number, previous = seal.seal_no, seal.hash
        if stray := await queries.count_beyond_seals(session, number):
            findings.append(Finding(RULE, "operation log", f"{stray} rows name a seal that is missing"))
        return findings

    return check


async def _audit_seal(
    session: AsyncSession, seal: Row[Any], expected_no: int, previous: str, keys: Sequence[bytes]
) -> list[Finding]:
    """What is wrong with one seal, first cause only: all that follow from it would say the same."""
    subject = f"seal {seal.seal_no} of the operation log"
    if seal.seal_no != expected_no:
        return [Finding(RULE, subject, f"seal {expected_no} before it is missing")]
    if seal.previous != previous:
        return [Finding(RULE, subject, "does not follow from the seal before it")]
    rows = await queries.list_sealed(session, seal.seal_no)
    if len(rows) != seal.entries:
        return [Finding(RULE, subject, f"covers {seal.entries} rows, {len(rows)} are there")]
    if seal.hash not in {seal_hash(key, seal.seal_no, seal.previous, rows) for key in keys}:
        problem = f"rows {seal.first_id} to {seal.last_id} are not those that were sealed"
        return [Finding(RULE, subject, problem)]
    return []
