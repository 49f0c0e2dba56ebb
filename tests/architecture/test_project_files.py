"""What the project promises outside its code: pins, generated pages, clean files, one CI script."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from schema_page import schema_page  # noqa: E402 - the tools are scripts beside the package


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name]


@pytest.mark.requirement("S2-029")
def test_every_python_dependency_is_pinned_by_version_and_hash_without_an_address():
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = [re.split(r"[\[<>=~! ]", entry)[0].lower() for entry in wanted["dependencies"]]

    lock = (ROOT / "requirements" / "runtime.txt").read_text()

    pinned = dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==(\S+) \\$", lock, re.MULTILINE))
    assert sorted(set(names) - set(pinned)) == []
    assert lock.count("--hash=sha256:") >= len(pinned)
    assert "://" not in lock


@pytest.mark.parametrize("front_end", ["storefront", "console"])
def test_no_lock_file_names_an_address_to_download_from(front_end: str):
    lock = (ROOT / "web" / front_end / "package-lock.json").read_text()

    assert '"resolved"' not in lock


@pytest.mark.requirement("S2-003")
def test_the_entity_diagram_in_the_docs_is_what_the_models_say():
    kept = (ROOT / "docs" / "schema.md").read_text(encoding="utf-8")

    assert "erDiagram" in kept
    assert kept == schema_page()


@pytest.mark.requirement("S2-067")
def test_ci_checks_everything_and_requires_every_service():
    script = (ROOT / ".ci" / "run").read_text()

    assert (
        script.index("WANPU_TEST_REQUIRE_SERVICES=1") < script.index("make check") < script.index("make test")
    )
    assert "set -euo pipefail" in script


def test_no_tracked_file_carries_a_path_of_one_machine():
    home = str(ROOT.parent).encode() + b"/"
    carrying = [
        str(path.relative_to(ROOT))
        for path in tracked_files()
        if path.suffix not in {".webp", ".lock"} and path.is_file() and home in path.read_bytes()
    ]

    assert carrying == []
