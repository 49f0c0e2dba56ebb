"""Write everything that is generated from the code: OpenAPI, the API client's types, reference pages."""

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from error_page import error_page
from generate_settings_doc import settings_page
from schema_page import schema_page

from wanpu.cli.upkeep import openapi_document

ROOT = Path(__file__).parents[1]
TYPESCRIPT = ROOT / "web/storefront/node_modules/.bin/openapi-typescript"


def openapi() -> str:
    return openapi_document() + "\n"


def api_client() -> str:
    """TypeScript types of every path and body; they exist at compile time only."""
    with tempfile.TemporaryDirectory() as folder:
        document, types = Path(folder) / "openapi.json", Path(folder) / "schema.d.ts"
        document.write_text(openapi(), encoding="utf-8")
        subprocess.run([TYPESCRIPT, document, "-o", types], check=True, capture_output=True)
        return types.read_text(encoding="utf-8")


GENERATED: dict[str, Callable[[], str]] = {
    "docs/openapi.json": openapi,
    "web/packages/api-client/schema.d.ts": api_client,
    "docs/settings.md": settings_page,
    "docs/errors.md": error_page,
    "docs/schema.md": schema_page,
}

if __name__ == "__main__":
    for name, make in GENERATED.items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make(), encoding="utf-8")
        print(name)
