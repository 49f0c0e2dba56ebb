"""Accounts are made once per folder, by whoever comes first, and answer without a running server."""

import json
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.wanpu_sandbox.running import RunningSandbox
from wanpu_sandbox.credentials import FILE_NAME, credentials, load_secrets
from wanpu_sandbox.settings import SandboxSettings
from wanpu_sandbox.wechatpay.accounts import Accounts
from wanpu_sandbox.wechatpay.provider import build_provider, name_merchants
from wanpu_wire.wechatpay.signing import (
    is_valid,
    load_certificate,
    load_private_key,
    load_public_key,
    serial_of,
    sign,
)

BASE_URL = "http://127.0.0.1:8100"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("keys")
    load_secrets(made)
    return made


def test_a_folder_answers_the_same_accounts_every_time(folder: Path) -> None:
    assert credentials(folder, BASE_URL) == credentials(folder, BASE_URL)


def test_two_folders_share_no_key(folder: Path, tmp_path: Path) -> None:
    ours = credentials(folder, BASE_URL)["wechatpay"]
    other = credentials(tmp_path, BASE_URL)["wechatpay"]

    for name in ("apiv2_key", "apiv3_key", "merchant_private_key_pem", "public_key_pem", "public_key_id"):
        assert ours[name] != other[name]


def test_processes_that_start_together_agree_on_the_accounts(tmp_path: Path) -> None:
    script = (
        "import json, sys, pathlib; from wanpu_sandbox.credentials import credentials;"
        "print(json.dumps(credentials(pathlib.Path(sys.argv[1]), 'x')))"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    answers = [process.communicate(timeout=60)[0] for process in running]

    assert len(set(answers)) == 1
    assert json.loads(answers[0]) == credentials(tmp_path, "x")
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_only_the_owner_may_read_the_keys(folder: Path) -> None:
    assert stat.S_IMODE((folder / FILE_NAME).stat().st_mode) == 0o600


def test_the_answer_has_the_documented_members(folder: Path) -> None:
    shown = credentials(folder, BASE_URL)

    assert set(shown) == {"base_url", "wechatpay"}
    assert shown["base_url"] == BASE_URL
    wechatpay = shown["wechatpay"]
    assert {
        "sp_mchid",
        "sp_appid",
        "apiv2_key",
        "apiv3_key",
        "merchant_serial_no",
        "merchant_private_key_pem",
        "merchant_certificate_pem",
        "platform_certificates",
        "public_key_id",
        "public_key_pem",
        "sub_mchids",
        "direct",
    } <= set(wechatpay)
    assert {
        "mchid",
        "appid",
        "apiv2_key",
        "apiv3_key",
        "merchant_serial_no",
        "merchant_private_key_pem",
    } <= set(wechatpay["direct"])
    assert len(set(wechatpay["sub_mchids"])) == 24
    assert len(wechatpay["apiv2_key"]) == len(wechatpay["apiv3_key"]) == 32
    assert wechatpay["public_key_id"].startswith("PUB_KEY_ID_01" + wechatpay["sp_mchid"])


@pytest.mark.parametrize("part", ["provider", "direct"])
def test_keys_and_certificates_fit_together(folder: Path, part: str) -> None:
    shown = credentials(folder, BASE_URL)["wechatpay"]
    account = shown if part == "provider" else shown["direct"]
    certificate = load_certificate(account["merchant_certificate_pem"])
    signature = sign(load_private_key(account["merchant_private_key_pem"]), b"message")

    assert is_valid(load_public_key(account["merchant_certificate_pem"]), b"message", signature)
    assert serial_of(certificate) == account["merchant_serial_no"]
    assert len(account["merchant_serial_no"]) == 40
    assert certificate.not_valid_before_utc < datetime.now(UTC) < certificate.not_valid_after_utc


def test_a_rotation_lists_two_certificates_until_the_old_one_retires(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path)
    first = accounts.platform_signer.serial

    accounts.rotate("announce")
    accounts.rotate("announce")
    announced = [one.serial_no for one in accounts.listed_certificates()]
    assert len(announced) == 2
    assert announced[0] == first
    assert accounts.platform_signer.serial == first

    accounts.rotate("switch")
    assert [one.serial_no for one in accounts.listed_certificates()] == announced
    assert accounts.platform_signer.serial == announced[1]

    accounts.rotate("retire")
    assert [one.serial_no for one in accounts.listed_certificates()] == announced[1:]
    shown = credentials(tmp_path, BASE_URL)["wechatpay"]["platform_certificates"]
    assert [one["serial_no"] for one in shown] == announced[1:]
    assert Accounts(tmp_path).platform_signer.serial == announced[1]


def test_names_given_before_the_server_runs_are_shown_by_the_wallet(tmp_path: Path) -> None:
    settings = SandboxSettings(data_dir=tmp_path)
    sub_mchid, nameless = load_secrets(tmp_path).provider.sub_mchids[:2]

    name_merchants(settings, {sub_mchid: "山野茶事"})

    provider = build_provider(settings)
    shown = provider.merchant_settings.names_of([sub_mchid, nameless])
    assert shown == {sub_mchid: "山野茶事", nameless: f"沙箱商户 {nameless}"}
    provider.database.close()


def test_a_busy_port_ends_with_one_clear_line(sandbox_process: RunningSandbox, tmp_path: Path) -> None:
    port = str(sandbox_process.port)
    done = subprocess.run(
        [sys.executable, "-m", "wanpu_sandbox", "--port", port, "--data-dir", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == f"Error: cannot listen on 127.0.0.1:{port}: Address already in use\n"
    assert list(tmp_path.iterdir()) == []
