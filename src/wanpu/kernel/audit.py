"""What an audit finds: one broken rule, or one case that somebody has to look at."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether the books contradict themselves, or merely hold an open case."""

    BROKEN = "broken"
    LISTED = "listed"


@dataclass(frozen=True, order=True)
class Finding:
    """One finding. `rule` is the invariant's name ("M5"), `subject` the row ("payment:P1")."""

    rule: str
    subject: str
    problem: str
    severity: Severity = Severity.BROKEN
