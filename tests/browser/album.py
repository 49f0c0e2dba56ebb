"""Pictures of pages for the docs: WANPU_SCREENSHOTS=1 puts them there, else the test keeps them."""

import os
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Page
from tests.browser.screens import Watch

IMAGES = Path(__file__).parents[2] / "docs" / "images"
MAX_BYTES = 150_000


def album_for(docs_folder: str, tmp_path: Path) -> Path:
    """Where pictures of this folder of `docs/images` go."""
    return IMAGES / docs_folder if os.environ.get("WANPU_SCREENSHOTS") == "1" else tmp_path


async def take(page: Page, watch: Watch, path: Path) -> None:
    """Write what is on the screen, small enough for a README."""
    await watch.quiet(page)
    await page.evaluate("document.fonts.ready")
    await page.evaluate(
        "Promise.all([...document.images].filter((one) => one.checkVisibility() && one.loading !== 'lazy')"
        ".map((one) => one.decode().catch(() => null)))"
    )
    picture = Image.open(BytesIO(await page.screenshot(animations="disabled")))
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.convert("RGB").save(path, "WEBP", quality=82, method=6)
    assert path.stat().st_size <= MAX_BYTES, (path.name, path.stat().st_size)
