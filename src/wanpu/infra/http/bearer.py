"""The bearer token of a request."""

import re

from starlette.requests import HTTPConnection

from wanpu.kernel.errors import Unauthenticated

_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{16,256}")


def find_bearer_token(connection: HTTPConnection) -> str | None:
    """The token of `Authorization: Bearer <token>`; None when it is missing, doubled or no such token."""
    values = connection.headers.getlist("authorization")
    if len(values) != 1:
        return None
    scheme, _, token = values[0].partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or _TOKEN.fullmatch(token) is None:
        return None
    return token


def bearer_token(connection: HTTPConnection) -> str:
    """The token of a request that must have one.

    Raises:
        Unauthenticated: it has none.
    """
    token = find_bearer_token(connection)
    if token is None:
        raise Unauthenticated
    return token
