"""List the requirement rows that no passed test proves: `python tools/requirement_report.py report.xml`.

A row counts when at least one test that names it ran and passed, and none that names it failed or was
skipped.
"""

import sys
from collections import defaultdict
from pathlib import Path

from defusedxml.ElementTree import parse

INVENTORY = Path(__file__).parents[1] / "docs" / "requirements.md"
EXEMPT = {"S3-063"}


def wanted_rows() -> list[str]:
    """The rows of the inventory, struck-through ones left out."""
    rows = []
    for line in INVENTORY.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 2 and len(cells[1]) == 6 and cells[1][0] == "S" and cells[1][2] == "-":
            rows.append(cells[1])
    return rows


def main(report: str) -> int:
    passed: dict[str, int] = defaultdict(int)
    failed: dict[str, list[str]] = defaultdict(list)
    for case in parse(report).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        is_good = not any(case.find(tag) is not None for tag in ("failure", "error", "skipped"))
        for entry in case.iter("property"):
            if entry.get("name") == "requirement":
                row = str(entry.get("value"))
                if is_good:
                    passed[row] += 1
                else:
                    failed[row].append(name)
    rows = wanted_rows()
    proven = [row for row in rows if passed[row] and not failed[row]]
    for row in rows:
        if row not in proven and row not in EXEMPT:
            why = f"not passed: {', '.join(failed[row][:3])}" if failed[row] else "no test"
            print(f"{row}  {why}")
    print(f"{len(proven)} of {len(rows)} rows proven")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
