"""Addresses that people type and our servers then call: those of private networks are refused.

Whoever may enter an address could otherwise make the mall ask the machines beside it, such as the metadata
service of a cloud. Development calls its own machine all the time, so only production refuses.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from wanpu.infra.outside_calls import refuse_inside_transaction
from wanpu.infra.settings import Settings
from wanpu.kernel.errors import Invalid

Resolver = Callable[[str], Awaitable[Sequence[str]]]
"""From a host name to all its addresses; raises OSError when it has none."""


class OutsideAddressRefused(Invalid):
    """The address is none that the mall calls; `details.problem` says why."""

    code = "address.refused"
    message_zh = "该地址不允许使用"
    message_en = "The mall does not call this address"


async def resolve(host: str) -> Sequence[str]:
    """Every address of a host, as the system finds them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return sorted({str(entry[4][0]) for entry in found})


async def require_outside_address(settings: Settings, url: str, *, resolver: Resolver = resolve) -> None:
    """Refuse an address that is not http or https, names a user, or (in production) is not https or
    resolves to anything but public addresses. Hosts in `WANPU_PRIVATE_HOSTS` may be private.

    A name that changes its addresses between this look and the call gains nothing: https then fails on
    the certificate.

    Raises:
        OutsideAddressRefused: nothing was called.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise _refused("malformed") from error
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or port == 0:
        raise _refused("malformed")
    if settings.env == "development" or host in settings.private_hosts:
        return
    if parts.scheme != "https":
        raise _refused("not_https")
    refuse_inside_transaction(f"resolve {host}")
    try:
        addresses = await resolver(host)
    except (OSError, UnicodeError) as error:
        raise _refused("unknown_host") from error
    if not addresses or not all(_is_public(address) for address in addresses):
        raise _refused("private_network")


def _is_public(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo and found.teredo[1])
        if inner:
            found = inner
        elif found in _NAT64:
            found = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return found.is_global and not found.is_multicast and not found.is_reserved


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _refused(problem: str) -> OutsideAddressRefused:
    return OutsideAddressRefused(problem, details={"problem": problem})
