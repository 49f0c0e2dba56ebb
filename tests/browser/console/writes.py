"""What a page sends that changes something."""

from dataclasses import dataclass, field

from playwright.async_api import Page, Request


@dataclass
class Writes:
    """Requests of one page, in their order, as "POST /platform/v1/roles"."""

    sent: list[str] = field(default_factory=list)

    def note(self, request: Request) -> None:
        """Keep it unless it only reads."""
        path = "/" + request.url.split("/", 3)[3]
        if request.method != "GET" and path.startswith("/platform/"):
            self.sent.append(f"{request.method} {path}")


def writes_of(page: Page) -> Writes:
    """Everything that this page writes from now on."""
    writes = Writes()
    page.on("request", writes.note)
    return writes
