"""A person in front of the storefront and the cashier: what the pages let them do, in their words."""

import re
from dataclasses import dataclass
from typing import Any, Self

from playwright.async_api import BrowserContext, Locator, Page, expect
from tests.browser.qr import decode_qr
from tests.browser.running_mall import RunningMall
from tests.browser.screens import Screen, Watch
from tests.browser.store import Person, StoreApi

Where = str | Locator
"""A thing on the page: its test id, or a locator."""


@dataclass
class Shopper:
    """One tab of one browser. `store` is the same member's API, to look behind the pages."""

    page: Page
    context: BrowserContext
    screen: Screen
    house: RunningMall
    watch: Watch
    store: StoreApi

    def seen(self, test_id: str, *, within: Locator | None = None) -> Locator:
        """What is visible under a test id; pages lower in the history stay in the document, hidden."""
        return (within or self.page).get_by_test_id(test_id).filter(visible=True)

    def seen_like(self, prefix: str, text: str) -> Locator:
        """What is visible, has a test id that begins so, and says `text` and nothing else."""
        same = re.compile(rf"^\s*{re.escape(text)}\s*$")
        return self.page.get_by_test_id(re.compile(f"^{prefix}")).filter(visible=True, has_text=same)

    async def press(self, what: Where) -> None:
        """Tap on a phone, click on a desktop."""
        target = self.seen(what) if isinstance(what, str) else what
        await (target.tap() if self.screen.is_phone else target.click())

    async def fill(self, what: Where, text: str) -> None:
        """Write into a field in place of what stands there, and leave the field."""
        field = self.seen(what) if isinstance(what, str) else what
        await field.fill(text)
        await field.blur()

    async def reads(self, test_id: str) -> str:
        """The text of the one visible thing under a test id."""
        return (await self.seen(test_id).inner_text()).strip()

    async def open(self, path: str) -> None:
        """Type an address of the mall."""
        await self.page.goto(self.house.url + path)

    async def new_tab(self) -> Self:
        """The same person in another tab."""
        page = await self.context.new_page()
        return type(self)(page, self.context, self.screen, self.house, self.watch, self.store)

    async def back(self) -> None:
        """The browser's own way back."""
        await self.page.go_back()

    async def register(self, person: Person) -> None:
        """Fill in the registration page that is open."""
        await self.fill("field-username", person.username)
        await self.fill("field-mobile", person.mobile)
        await self.fill("field-password", person.password)
        await self.press("register-submit")

    async def sign_in(self, account: str, password: str) -> None:
        """Fill in the login page that is open."""
        await self.fill("field-account", account)
        await self.fill("field-password", password)
        await self.press("login-submit")

    async def open_product(self, spu_id: str) -> None:
        """Type a product's address and wait for it."""
        await self.open(f"/pages/product/detail?spu_id={spu_id}")
        await expect(self.seen("product-title")).to_be_visible()

    async def choose(self, **values: str) -> None:
        """Pick values of sale attributes; on a phone in the sheet, which is opened when it is closed."""
        if self.screen.is_phone and await self.seen("sku-sheet").count() == 0:
            await self.press("open-sku-sheet")
        for name, value in values.items():
            await self.press(f"sku-value-{name}-{value}")

    async def put_into_cart(self) -> None:
        """Press the button for what is chosen, and wait until the cart holds it."""
        before = await self._badge()
        await self.press("sheet-add-to-cart" if self.screen.is_phone else "add-to-cart")
        await expect(self._badge_place()).not_to_have_text(before or "-")
        if self.screen.is_phone:
            await expect(self.seen("sku-sheet")).to_have_count(0)

    async def _badge(self) -> str:
        place = self._badge_place()
        return await place.inner_text() if await place.count() else ""

    def _badge_place(self) -> Locator:
        return self.seen("bar-cart-badge" if self.screen.is_phone else "top-cart-badge")

    async def open_cart(self) -> None:
        """Type the cart's address and wait for its rows."""
        await self.open("/pages/cart/index")
        await expect(self.seen("cart-line").first).to_be_visible()

    def cart_line(self, sku_id: str) -> Locator:
        """The row of one SKU."""
        return self.page.locator(f'[data-testid="cart-line"][data-sku-id="{sku_id}"]').filter(visible=True)

    async def write_address(
        self, *, name: str, mobile: str, region: tuple[str, str, str], street: str
    ) -> None:
        """Fill in the address page that is open, and save."""
        await self.fill("field-recv_name", name)
        await self.fill("field-recv_tel", mobile)
        await self.press("field-region")
        for part in region:
            await self.press(f"region-{part}")
        await self.fill("field-recv_addr", street)
        await self.press("address-save")

    async def submit_order(self) -> None:
        """Press the button of this screen and wait for the cashier."""
        await self.press("submit-order-phone" if self.screen.is_phone else "submit-order")
        await self.page.wait_for_url(re.compile("/cashier/"))

    async def open_cashier(self, order: dict[str, Any]) -> None:
        """Follow an order's own link to its cashier."""
        await self.open(order["cashier_url"])
        await self.page.wait_for_url(re.compile("/cashier/"))

    async def scene(self, scene: str, *, within_s: float = 5) -> None:
        """The cashier shows this scene, by itself, within so many seconds."""
        await expect(self.page.get_by_test_id("cashier")).to_have_attribute(
            "data-scene", scene, timeout=within_s * 1000
        )

    async def scan_code(self) -> str:
        """What a phone's camera reads on this screen."""
        await self.scene("paying")
        return decode_qr(await self.page.get_by_test_id("qr-code").screenshot())


class Phone:
    """The buyer's phone, played by the sandbox's wallet in another tab."""

    def __init__(self, page: Page, sandbox_url: str) -> None:
        self.page = page
        self._wallet_url = f"{sandbox_url}/wallet"

    async def scan(self, code: str) -> None:
        """Hold the camera on a code: here it is pasted."""
        await self.page.goto(self._wallet_url)
        await self.page.get_by_test_id("code-input").fill(code)
        await self.page.get_by_test_id("code-submit").click()

    async def end(self, how: str) -> None:
        """Press `pay`, `refuse` or `insufficient` on the order that is shown."""
        await self.page.get_by_test_id(f"{how}-button").click()
        await expect(self.page.get_by_test_id("result")).to_be_visible()

    async def pay(self, code: str) -> None:
        """Scan and pay; the wallet says that it is paid."""
        await self.scan(code)
        await self.end("pay")
        await expect(self.page.get_by_test_id("result")).to_have_attribute("data-state", "paid")

    async def note(self) -> str:
        """What the wallet says about an order that was not paid."""
        return (await self.page.get_by_test_id("result").inner_text()).strip()
