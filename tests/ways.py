"""Every route of an application as tests walk them: method by method, with who may call it."""

import re
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from wanpu.infra.http.access import audience_of, permission_of
from wanpu.system.states import Audience

OWN_DOCUMENTS = ("/openapi.json", "/docs", "/docs/oauth2-redirect")
"""Pages that FastAPI adds itself."""

UNKNOWN_ID = "9007199254740993"
PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
CONSOLES = {"/platform/": Audience.PLATFORM, "/merchant/": Audience.MERCHANT}


@dataclass(frozen=True)
class Way:
    """One method of one route."""

    method: str
    path: str
    audience: str | None
    permission: str | None

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def documented(self) -> str:
        """The path as the document and its clients write it."""
        return PARAMETER.sub(r"{\1}", self.path)

    @property
    def console(self) -> Audience | None:
        """Whose console it belongs to, by its path."""
        return next((found for start, found in CONSOLES.items() if self.path.startswith(start)), None)

    def address(self, **ids: str) -> str:
        """Its path with ids that nothing has, or those given by name."""
        return PARAMETER.sub(lambda parameter: ids.get(parameter[1], UNKNOWN_ID), self.path)


def ways_of(app: FastAPI) -> list[Way]:
    """Every route, method by method."""
    return [
        Way(method, str(route.path), audience_of(route), permission_of(route))
        for route in iter_route_contexts(app.routes)
        if route.endpoint is not None and route.path not in OWN_DOCUMENTS
        for method in sorted(set(route.methods or ()) - {"HEAD", "OPTIONS"})
    ]


def staff_ways(app: FastAPI) -> list[Way]:
    return [way for way in ways_of(app) if way.audience == "staff"]
