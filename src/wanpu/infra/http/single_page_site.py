"""Serves a built single-page application: its files, and its first page for each address it routes."""

import mimetypes
import os
import stat
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import anyio
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.staticfiles import NotModifiedResponse
from starlette.types import Receive, Scope, Send

from wanpu.infra.http.access import public
from wanpu.infra.http.errors import PathNotFound, error_answer

FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_DAY = "public, max-age=86400"
ASK_AGAIN = "no-cache"
_HASHED_FOLDER = "assets/"

PagePolicy = Callable[[], Awaitable[str]]
"""Gives the Content-Security-Policy that holds now."""

mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    facts: os.stat_result


class SinglePageSite:
    """An ASGI application over a folder. Files under `assets/` carry their hash and are kept for ever,
    others as `kept` says; a `.gz` beside a file is sent to whoever takes gzip, and nothing is sent
    again to whoever has it. Pages are sent with what `page_policy` allows them to load."""

    def __init__(self, folder: Path, *, kept: str = ASK_AGAIN, page_policy: PagePolicy | None = None) -> None:
        self._folder = folder.resolve()
        self._kept = kept
        self._page_policy = page_policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response: Response
        if scope["method"] not in ("GET", "HEAD"):
            response = error_answer(scope, PathNotFound())
        else:
            response = await self._response(scope)
        await response(scope, receive, send)

    async def _response(self, scope: Scope) -> Response:
        headers = Headers(scope=scope)
        # Below a mount the path still begins with the mount's own prefix.
        path = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        found = await self._find(path)
        if found is None and "text/html" in headers.get("accept", ""):
            path, found = "index.html", await self._find("index.html")
        if found is None:
            return error_answer(scope, PathNotFound())
        kept = FOR_EVER if path.startswith(_HASHED_FOLDER) else self._kept
        sent = {"cache-control": kept, "vary": "accept-encoding"}
        media_type = mimetypes.guess_type(found.path.name)[0] or "application/octet-stream"
        packed = await self._find(f"{path}.gz")
        if packed is not None and "gzip" in headers.get("accept-encoding", ""):
            found = packed
            sent["content-encoding"] = "gzip"
        response: Response = FileResponse(
            found.path, headers=sent, media_type=media_type, stat_result=found.facts
        )
        if response.headers["etag"] in headers.get("if-none-match", ""):
            response = NotModifiedResponse(response.headers)
        if self._page_policy is not None and media_type == "text/html":
            response.headers["content-security-policy"] = await self._page_policy()
        return response

    async def _find(self, path: str) -> _Found | None:
        """The file of a path inside the folder, links resolved; None for folders and for anything outside."""
        file = (self._folder / (path or "index.html")).resolve()
        if not file.is_relative_to(self._folder):
            return None
        try:
            facts = await anyio.Path(file).stat()
        except (OSError, ValueError):
            return None
        return _Found(file, facts) if stat.S_ISREG(facts.st_mode) else None


def mount_below(app: FastAPI, prefix: str, site: SinglePageSite) -> None:
    """Serve a site below `prefix` ("/console"); the prefix alone, without its slash, leads there."""

    @public
    async def lead_to_first_page(_request: Request) -> Response:
        return RedirectResponse(f"{prefix}/")

    app.add_route(prefix, lead_to_first_page, methods=["GET"], include_in_schema=False)
    app.mount(prefix, site, name=prefix.strip("/"))
