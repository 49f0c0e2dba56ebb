"""Serves a built single-page application: its files, and its first page for each address it routes."""

import mimetypes
import stat
from pathlib import Path

import anyio
from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from wanpu.infra.http.errors import PathNotFound, error_answer

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
_HASHED_FOLDER = "assets/"

mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")


class SinglePageSite:
    """An ASGI application over a folder. Files under `assets/` carry their hash and are kept for ever;
    a `.gz` beside a file is sent to whoever takes gzip."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

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
        kept = FOR_EVER if path.startswith(_HASHED_FOLDER) else ASK_AGAIN
        sent = {"cache-control": kept, "vary": "accept-encoding"}
        media_type = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
        packed = await self._find(f"{path}.gz")
        if packed is not None and "gzip" in headers.get("accept-encoding", ""):
            found = packed
            sent["content-encoding"] = "gzip"
        return FileResponse(found, headers=sent, media_type=media_type)

    async def _find(self, path: str) -> Path | None:
        """The file of a path inside the folder, links resolved; None for folders and for anything outside."""
        file = (self._folder / (path or "index.html")).resolve()
        if not file.is_relative_to(self._folder):
            return None
        try:
            found = await anyio.Path(file).stat()
        except (OSError, ValueError):
            return None
        return file if stat.S_ISREG(found.st_mode) else None
