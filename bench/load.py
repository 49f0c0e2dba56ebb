"""Load generators outside Python: wrk for HTTP, pgbench and sysbench for SQL. All bounded in time."""

import json
import re
import shutil
import subprocess
from pathlib import Path

SCRIPTS = Path(__file__).parent / "scripts"
TOOLS = {"wrk": "wrk", "pgbench": "postgresql-contrib", "sysbench": "sysbench"}
CONNECTIONS = 64


class LoadFailed(RuntimeError):
    """The generator saw refusals or errors, so its figure would mean nothing."""


def missing_tools() -> list[str]:
    """Debian packages to install before measuring."""
    return [package for tool, package in TOOLS.items() if shutil.which(tool) is None]


def wrk(url: str, *, seconds: int, script: str | None = None, facts: object = None, folder: Path) -> float:
    """Requests a second that were answered 2xx, over 64 connections from one thread."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "20s"]
    if script is not None:
        facts_file = folder / "facts.json"
        facts_file.write_text(json.dumps(facts))
        command += ["-s", str(SCRIPTS / script)]
    command.append(url)
    if script is not None:
        command += ["--", str(facts_file)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 60).stdout
    if refused := re.search(r"Non-2xx or 3xx responses: (\d+)", told):
        raise LoadFailed(f"{refused.group(1)} requests to {url} were refused")
    if errors := re.search(r"Socket errors: (.*)", told):
        raise LoadFailed(f"{url}: {errors.group(1)}")
    return _number(r"Requests/sec:\s+([\d.]+)", told)


def pgbench(database: str, script: Path, *, seconds: int) -> float:
    """Transactions a second of a script, 64 clients, prepared statements."""
    command = ["pgbench", "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "1", "-T", str(seconds)]
    command += ["-f", str(script), "-h", "127.0.0.1", "-U", "postgres", database]
    return _number(r"tps = ([\d.]+)", _run(command, seconds))


def sysbench(database: str, script: Path, *, seconds: int) -> float:
    """Transactions a second of a Lua script, 64 threads.

    A deadlock's victim is rolled back whole, so it may begin again; any other error ends the run, since
    a transaction that it left half done would keep its locks and stop every thread.
    """
    command = ["sysbench", str(script), "--db-driver=mysql", "--mysql-host=127.0.0.1", "--mysql-user=root"]
    command += [f"--mysql-db={database}", f"--threads={CONNECTIONS}", f"--time={seconds}", "--events=0"]
    command += ["--db-ps-mode=auto", "--mysql-ignore-errors=1213", "run"]
    return _number(r"transactions:\s+\d+\s+\(([\d.]+) per sec", _run(command, seconds))


def _run(command: list[str], seconds: int) -> str:
    """What the generator printed.

    Raises:
        LoadFailed: it said that it failed, or it did not end.
    """
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=False)
    except subprocess.TimeoutExpired as late:
        told = (late.stderr or b"") + (late.stdout or b"")
        raise LoadFailed(f"{command[0]} did not end: {told.decode()[-2000:]}") from late
    if done.returncode != 0:
        raise LoadFailed((done.stdout + done.stderr)[-2000:])
    return done.stdout


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    if found is None:
        raise LoadFailed(text[-2000:])
    return float(found.group(1))
