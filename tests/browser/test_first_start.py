"""`wanpu up` at a terminal: what it prints and keeps, how it stops, what it says of a busy port."""

import json
import re
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from tests.browser.running_mall import RunningMall, start_mall

STOPPED_WITHIN_S = 10
PASSWORD_LINE = re.compile(r"^ +(console account admin|shopper accounts [\w, ]+): (\S+)$", re.MULTILINE)
LOGIN = "/store/v1/auth/login"


def sign_in_status(mall: RunningMall, password: str) -> int:
    """What the first demo shopper is answered with this password."""
    request = urllib.request.Request(
        mall.url + LOGIN,
        data=f'{{"account": "demo", "password": "{password}"}}'.encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


def ask_console(mall: RunningMall, path: str, body: object = None, *, token: str = "") -> tuple[int, Any]:
    """Status and body of one call to the console's API."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{mall.url}/console/v1/{path}", data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.loads(refusal.read())


@pytest.mark.requirement("S0-022")
def test_one_command_gives_a_console_with_its_menus_to_an_administrator_who_must_choose_a_password(
    tmp_path: Path,
) -> None:
    mall = start_mall(tmp_path, settings={"WANPU_DEMO_PASSWORD": "wanpu-demo-4711"})
    mall.wait_until_ready()
    first = dict(PASSWORD_LINE.findall(mall.printed()))["console account admin"]
    _, shown = ask_console(mall, "auth/captcha")
    [(code,)] = mall.read_rows("SELECT code FROM sys_captcha WHERE uuid = ?", shown["uuid"])
    sign_in = {"username": "admin", "password": first, "uuid": shown["uuid"], "captcha": code}

    status, session = ask_console(mall, "auth/login", sign_in)
    refused = ask_console(mall, "nav", token=session["token"])
    passwords = {"old_password": first, "new_password": "wanpu-admin-4711"}
    changed, _ = ask_console(mall, "auth/password", passwords, token=session["token"])
    seen, nav = ask_console(mall, "nav", token=session["token"])

    assert (status, session["must_change_password"]) == (200, True)
    assert (refused[0], refused[1]["code"]) == (403, "auth.password_change_required")
    assert (changed, seen) == (204, 200)
    assert nav["menus"][0]["name"] == "系统管理"
    assert {"sys:user:list", "sys:menu:delete", "sys:log:list"} <= set(nav["permissions"])
    assert mall.read_rows("SELECT user_id FROM sys_user WHERE username = 'admin'") == [(1,)]
    assert mall.interrupt() == 0


def test_the_first_start_prints_its_passwords_once_and_a_second_one_keeps_the_data(tmp_path: Path) -> None:
    first = start_mall(tmp_path)
    first.wait_until_ready()
    printed = dict(PASSWORD_LINE.findall(first.printed()))
    assert set(printed) == {"console account admin", "shopper accounts demo, demo2, demo3"}
    assert f"{first.url}/" in first.printed()
    assert f"{first.sandbox_url}/wallet" in first.printed()
    demo_password = printed["shopper accounts demo, demo2, demo3"]
    assert demo_password != printed["console account admin"]
    assert sign_in_status(first, demo_password) == 200
    assert sign_in_status(first, "wanpu-wanpu") == 401
    asked_at = time.monotonic()
    assert first.interrupt() == 0
    assert time.monotonic() - asked_at < STOPPED_WITHIN_S
    assert "Traceback" not in first.printed()

    second = start_mall(tmp_path)
    second.wait_until_ready()
    assert PASSWORD_LINE.findall(second.printed()) == []
    assert demo_password not in second.printed()
    assert sign_in_status(second, demo_password) == 200
    assert second.read_rows("SELECT count(*) FROM spu") == first.read_rows("SELECT count(*) FROM spu")
    assert second.interrupt() == 0


@pytest.mark.parametrize("busy", ["mall", "sandbox"])
def test_a_busy_port_gives_one_clear_line_and_touches_nothing(tmp_path: Path, busy: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, socket.create_server(("127.0.0.1", 0)) as free:
        used, other = taken.getsockname()[1], free.getsockname()[1]
        free.close()
        mall = start_mall(tmp_path, ports=(used, other) if busy == "mall" else (other, used))

        assert mall.process.wait(60) == 1

    assert (
        mall.printed().strip()
        == f"wanpu: port {used} on 127.0.0.1 is in use or not allowed: Address already in use"
    )
    assert not mall.data_dir.exists()
