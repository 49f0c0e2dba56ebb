"""Addresses entered in a console never make the mall call the machines beside it."""

from collections.abc import Sequence

import pytest
from pydantic import SecretStr

from wanpu.infra.outside_addresses import OutsideAddressRefused, require_outside_address, resolve
from wanpu.infra.outside_calls import OutsideCallRefused, no_outside_calls
from wanpu.infra.settings import Settings


def settings(env: str = "production", private_hosts: Sequence[str] = ()) -> Settings:
    return Settings(
        _env_file=None, env=env, private_hosts=list(private_hosts), master_key=SecretStr("k" * 32)
    )


def answering(*addresses: str):
    async def resolver(_host: str) -> Sequence[str]:
        return addresses

    return resolver


async def problem_of(url: str, *addresses: str, env: str = "production") -> str | None:
    try:
        await require_outside_address(settings(env), url, resolver=answering(*addresses))
    except OutsideAddressRefused as refused:
        return str(refused.details["problem"])
    return None


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.100.100.200",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::a00:1",
    ],
)
async def test_a_host_that_resolves_to_a_private_network_is_refused(address: str) -> None:
    assert await problem_of("https://store.example.com", address) == "private_network"
    assert await problem_of("https://store.example.com", "47.110.177.1", address) == "private_network"
    assert await problem_of("https://store.example.com", address, env="development") is None


async def test_public_hosts_are_called_over_https_alone() -> None:
    assert await problem_of("https://oss-cn-hangzhou.aliyuncs.com", "47.110.177.1", "2408:4000::1") is None
    assert await problem_of("http://oss-cn-hangzhou.aliyuncs.com", "47.110.177.1") == "not_https"
    assert await problem_of("https://oss-cn-hangzhou.aliyuncs.com") == "private_network"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com",
        "file:///etc/passwd",
        "https://",
        "https://user@example.com",
        "https://user:word@example.com",
        "https://[::1",
        "https://example.com:0",
        "https://example.com:99999",
        "example.com",
        "",
    ],
)
async def test_what_is_no_address_is_refused_everywhere(url: str) -> None:
    assert await problem_of(url, "47.110.177.1") == "malformed"
    assert await problem_of(url, "47.110.177.1", env="development") == "malformed"


async def test_a_host_of_ones_own_network_is_called_when_the_operator_of_the_machine_says_so() -> None:
    allowed = settings(private_hosts=["minio.internal"])

    await require_outside_address(allowed, "http://minio.internal:9000", resolver=answering("10.0.0.9"))
    with pytest.raises(OutsideAddressRefused):
        await require_outside_address(allowed, "http://other.internal:9000", resolver=answering("10.0.0.9"))


async def test_a_host_that_nobody_knows_is_refused() -> None:
    async def failing(_host: str) -> Sequence[str]:
        raise OSError("no such host")

    with pytest.raises(OutsideAddressRefused) as refused:
        await require_outside_address(settings(), "https://nowhere.example.com", resolver=failing)

    assert refused.value.details == {"problem": "unknown_host"}


async def test_names_are_looked_up_outside_transactions() -> None:
    with no_outside_calls(), pytest.raises(OutsideCallRefused):
        await require_outside_address(settings(), "https://example.com", resolver=answering("1.1.1.1"))

    assert await resolve("127.0.0.1") == ["127.0.0.1"]
