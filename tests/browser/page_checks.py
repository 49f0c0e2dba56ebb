"""Checks that hold on every page, run inside the browser."""

from typing import Any

from playwright.async_api import Page

_CONTROLS = (
    "a[href], button, input:not([type=hidden]), textarea, select, [tabindex='0'], [role=button], [role=link],"
    " [role=checkbox], [role=radio], [role=tab], [role=option]"
)

_READ = """(selector) => {
  const isSeen = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && !one.closest("[aria-hidden=true]");
  const labelOf = (one) => [...(one.labels ?? [])].map((label) => label.innerText).join(" ");
  const pictures = (one) => [...one.querySelectorAll("img[alt], [aria-label]")]
    .map((inner) => inner.getAttribute("alt") ?? inner.getAttribute("aria-label")).join(" ");
  const nameOf = (one) => [one.getAttribute("aria-label"), labelOf(one), one.innerText, pictures(one)]
    .filter((text) => text?.trim()).join(" ").trim();
  return [...document.querySelectorAll(selector)].filter(isSeen).map((one) => {
    const box = one.getBoundingClientRect();
    return {
      control: one.outerHTML.slice(0, 160),
      name: nameOf(one),
      width: Math.round(box.width),
      height: Math.round(box.height),
      isInText: getComputedStyle(one).display === "inline",
    };
  });
}"""


async def controls_of(page: Page) -> list[dict[str, Any]]:
    """Everything visible that can be operated, with its accessible name and its size in CSS pixels."""
    found: list[dict[str, Any]] = await page.evaluate(_READ, _CONTROLS)
    return found


async def nameless_controls(page: Page) -> list[str]:
    """Controls that a screen reader could not announce."""
    return [one["control"] for one in await controls_of(page) if not one["name"]]


async def small_targets(page: Page, least_px: int) -> list[str]:
    """Controls that a thumb can miss: smaller than so many CSS pixels in either direction."""
    return [
        f"{one['width']}x{one['height']} {one['control']}"
        for one in await controls_of(page)
        if not one["isInText"] and min(one["width"], one["height"]) < least_px
    ]


async def pictures_without_text(page: Page) -> list[str]:
    """Pictures that say neither what they show nor that they are decoration."""
    found: list[str] = await page.evaluate(
        "() => [...document.querySelectorAll('img:not([alt])')].filter((one) => one.checkVisibility())"
        ".map((one) => one.outerHTML.slice(0, 160))"
    )
    return found


async def overflow_px(page: Page) -> int:
    """How many pixels the page is wider than the screen."""
    wider: int = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return wider


async def headings(page: Page) -> list[str]:
    """The texts of the visible main headings."""
    found: list[str] = await page.evaluate(
        "() => [...document.querySelectorAll('h1')].filter((one) => one.checkVisibility())"
        ".map((one) => one.innerText.trim())"
    )
    return found
