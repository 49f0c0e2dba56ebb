"""One measured figure and what stands beside it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Line:
    """A figure of the mall, its counterpart in the same run, and the ratio that is aimed at."""

    name: str
    per_second: float
    beside: float | None = None
    goal: float | None = None
    counterpart: str = ""
    notes: list[str] = field(default_factory=list)

    def cells(self) -> list[str]:
        """The line for the printed table; a missed goal is marked."""
        if self.beside is None:
            return [self.name, f"{self.per_second:,.0f}", "", "", "", ""]
        ratio = self.per_second / self.beside
        mark = "" if self.goal is None or ratio >= self.goal else " missed"
        goal = "" if self.goal is None else f"≥ {self.goal:g}{mark}"
        return [
            self.name,
            f"{self.per_second:,.0f}",
            f"{self.beside:,.0f}",
            f"{ratio:.2f}",
            goal,
            self.counterpart,
        ]
