"""`wanpu audit`: every invariant that exists so far, over one consistent view of the database."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.database import Database
from wanpu.infra.models import DeadLetter
from wanpu.infra.vault import Vault
from wanpu.kernel.audit import Finding, Severity
from wanpu.order import audit_orders, paid_shares
from wanpu.payment import audit_money, credited_parts
from wanpu.product import audit_stock
from wanpu.system import audit_operation_log

Check = Callable[[AsyncSession], Awaitable[Sequence[Finding]]]


@dataclass(frozen=True)
class Report:
    """What an audit found, broken rules first."""

    checks: int
    findings: list[Finding]

    @property
    def broken(self) -> list[Finding]:
        """Invariants that do not hold."""
        return [finding for finding in self.findings if finding.severity is Severity.BROKEN]

    @property
    def listed(self) -> list[Finding]:
        """Open cases that are on record, as they should be."""
        return [finding for finding in self.findings if finding.severity is Severity.LISTED]

    def as_json(self) -> dict[str, Any]:
        """The report for machines."""
        return {
            "checks": self.checks,
            "broken": len(self.broken),
            "listed": len(self.listed),
            "findings": [
                {"rule": f.rule, "subject": f.subject, "problem": f.problem, "severity": f.severity.value}
                for f in self.findings
            ],
        }


async def audit_everything(db: Database, vault: Vault) -> Report:
    """Run every check over one snapshot; reads only. The vault holds the key of the log's seals."""
    checks = (*CHECKS, audit_operation_log(vault))
    findings: list[Finding] = []
    async with db.snapshot() as session:
        for check in checks:
            findings += await check(session)
    return Report(len(checks), sorted(findings))


async def orders_match_payments(session: AsyncSession) -> list[Finding]:
    """M2: what orders say was paid is what payments credited, seller order by seller order.

    Money that was credited a moment ago and whose event is still on its way is listed, not broken.
    """
    said = await paid_shares(session)
    credited = await credited_parts(session, app_code="mall")
    findings = []
    for reference, (payment_no, amount_fen, transaction) in sorted(said.items()):
        part = credited.get(reference)
        subject = f"seller order {reference}"
        if part is None:
            findings.append(Finding("M2", subject, f"is paid, but payment {payment_no} was not credited"))
        elif part.amount_fen != amount_fen:
            problem = f"asked for {amount_fen} fen, {part.amount_fen} were credited"
            findings.append(Finding("M2", subject, problem))
        elif transaction is not None and transaction != part.channel_payment_no:
            problem = f"names transaction {transaction}, its money came by {part.channel_payment_no}"
            findings.append(Finding("M2", subject, problem))
    for reference in sorted(credited.keys() - said.keys()):
        problem = "its money was credited, the order has not heard of it yet"
        findings.append(Finding("M2", f"seller order {reference}", problem, Severity.LISTED))
    return findings


async def list_dead_letters(session: AsyncSession) -> list[Finding]:
    """T6: events that a handler refused too often wait for a person."""
    statement = select(DeadLetter.id, DeadLetter.handler, func.substr(DeadLetter.error, 1, 120)).where(
        DeadLetter.replayed_at.is_(None)
    )
    return [
        Finding("T6", f"dead letter {row.id}", f"{row.handler}: {row[2]}", Severity.LISTED)
        for row in await session.execute(statement)
    ]


CHECKS: tuple[Check, ...] = (
    audit_stock,
    audit_orders,
    audit_money,
    orders_match_payments,
    list_dead_letters,
)
