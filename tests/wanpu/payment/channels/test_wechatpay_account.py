"""An account that cannot work is refused when it is loaded, and the refusal shows no secret."""

from typing import Any

import pytest
from tests.wanpu.payment.channels.scripted_wechatpay import (
    APIV3_KEY,
    APPID,
    BY_CERTIFICATE,
    BY_PUBLIC_KEY,
    KEYS,
    MCHID,
    PLATFORM_SERIAL,
    SECRETS,
    account,
)

from wanpu.payment.channels.wechatpay.account import PRODUCTION, InvalidAccount, read_account

CERTIFICATES = [{"serial_no": PLATFORM_SERIAL, "pem": KEYS["platform_cert_pem"]}]


def test_an_account_with_a_public_key_alone_downloads_no_certificates():
    loaded = account(BY_PUBLIC_KEY)

    assert loaded.public_key_id == KEYS["wechatpay_public_key_id"]
    assert not loaded.downloads_certificates


def test_an_account_with_certificates_or_with_nothing_to_trust_downloads_them():
    assert account(BY_CERTIFICATE).downloads_certificates
    assert account({**BY_CERTIFICATE, "platform_certificates": CERTIFICATES}).downloads_certificates
    assert account({**BY_PUBLIC_KEY, "platform_certificates": CERTIFICATES}).downloads_certificates


def test_the_production_site_is_called_unless_another_is_named():
    without = {name: value for name, value in BY_PUBLIC_KEY.items() if name != "base_url"}

    assert account(without).base_url == PRODUCTION
    assert account({**without, "base_url": "https://api2.mch.weixin.qq.com/"}).base_url == (
        "https://api2.mch.weixin.qq.com"
    )


def test_plain_http_is_for_development_only():
    settings = {**BY_PUBLIC_KEY, "base_url": "http://127.0.0.1:8100"}

    with pytest.raises(InvalidAccount, match="base_url"):
        read_account("partner", MCHID, APPID, settings, SECRETS)
    loaded = read_account("partner", MCHID, APPID, settings, SECRETS, allow_plain_http=True)
    assert loaded.base_url == "http://127.0.0.1:8100"


def test_a_merchant_certificate_that_fits_key_and_serial_is_accepted():
    assert account({**BY_PUBLIC_KEY, "merchant_certificate_pem": KEYS["merchant_cert_pem"]})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("merchant_serial_no", ""),
        ("merchant_serial_no", None),
        ("merchant_serial_no", "lower-case"),
        ("merchant_certificate_pem", KEYS["platform_cert_pem"]),
        ("merchant_certificate_pem", "no PEM"),
        ("public_key_id", None),
        ("public_key_id", "PUB_KEY_ID_"),
        ("public_key_pem", None),
        ("public_key_pem", KEYS["merchant_private_key_pem"]),
        ("platform_certificates", "no list"),
        ("platform_certificates", ["no object"]),
        ("platform_certificates", [{"serial_no": "1" * 40, "pem": KEYS["platform_cert_pem"]}]),
        ("platform_certificates", [{"serial_no": PLATFORM_SERIAL, "pem": "no PEM"}]),
        ("platform_certificates", [{"serial_no": PLATFORM_SERIAL}]),
        ("base_url", "api.mch.weixin.qq.com"),
        ("base_url", "https://"),
        ("base_url", "https://user@host.test"),
        ("base_url", "https://host.test/?a=1"),
        ("base_url", "ftp://host.test"),
        ("base_url", 7),
    ],
)
def test_a_setting_that_cannot_work_is_named(name: str, value: Any):
    with pytest.raises(InvalidAccount, match=name):
        account({**BY_PUBLIC_KEY, name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("apiv3_key", ""),
        ("apiv3_key", "k" * 31),
        ("apiv3_key", "万" * 32),
        ("merchant_private_key_pem", None),
        ("merchant_private_key_pem", KEYS["wechatpay_public_key_pem"]),
    ],
)
def test_a_secret_that_cannot_work_is_named_and_not_shown(name: str, value: Any):
    with pytest.raises(InvalidAccount, match=name) as refusal:
        read_account("partner", MCHID, APPID, BY_PUBLIC_KEY, {**SECRETS, name: value})

    assert not value or value not in str(refusal.value)


@pytest.mark.parametrize(
    ("mode", "mchid", "appid", "named"),
    [
        ("ecommerce", MCHID, APPID, "mode"),
        ("", MCHID, APPID, "mode"),
        ("partner", "", APPID, "account_no"),
        ("partner", '1"', APPID, "account_no"),
        ("partner", MCHID, "", "app_id"),
    ],
)
def test_mode_merchant_and_app_are_checked(mode: str, mchid: str, appid: str, named: str):
    with pytest.raises(InvalidAccount, match=named):
        read_account(mode, mchid, appid, BY_PUBLIC_KEY, SECRETS)


def test_a_merchant_certificate_of_another_key_is_refused_though_its_serial_fits():
    settings = {
        **BY_PUBLIC_KEY,
        "merchant_serial_no": PLATFORM_SERIAL,
        "merchant_certificate_pem": KEYS["platform_cert_pem"],
    }

    with pytest.raises(InvalidAccount, match="not of merchant_private_key_pem"):
        account(settings)


def test_an_account_shows_no_secret():
    text = repr(account())

    assert APIV3_KEY not in text
    assert "PRIVATE KEY" not in text
    assert "RSAPrivateKey" not in text
