"""A built site is served as its files, and its first page for every address it routes itself."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from tests.http import Caller, serving

from wanpu.infra.http.middleware import content_security_policy
from wanpu.infra.http.single_page_site import FOR_A_DAY, SinglePageSite, mount_below

PAGE = b"<!doctype html><title>shop</title>"
SCRIPT = b"console.log('shop');\n" * 100


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A small built site, with a secret beside it."""
    (tmp_path / "site" / "assets").mkdir(parents=True)
    (tmp_path / "site" / "index.html").write_bytes(PAGE)
    (tmp_path / "site" / "assets" / "app.1a2b.js").write_bytes(SCRIPT)
    (tmp_path / "site" / "assets" / "app.1a2b.js.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "site"


@pytest.fixture
async def client(site: Path) -> AsyncIterator[Caller]:
    """Serves the same folder at `/files`, at `/console/` and at `/`."""
    app = FastAPI(openapi_url=None)
    mount_below(app, "/console", SinglePageSite(site))
    app.mount("/files", SinglePageSite(site, kept=FOR_A_DAY))
    app.mount("/", SinglePageSite(site))
    async with serving(app) as caller:
        yield caller


@pytest.mark.parametrize("prefix", ["", "/files"])
async def test_a_file_is_served_below_whatever_prefix_the_site_is_mounted_at(
    client: Caller, prefix: str
) -> None:
    answer = await client.get(f"{prefix}/assets/app.1a2b.js", headers={"accept-encoding": "identity"})

    assert answer.status == 200
    assert answer.body == SCRIPT
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_a_deep_link_opens_the_first_page_and_is_asked_for_again(client: Caller) -> None:
    answer = await client.get("/pages/order/detail?order_id=1", headers={"accept": "text/html"})

    assert answer.status == 200
    assert answer.body == PAGE
    assert answer.headers["cache-control"] == "no-cache"


async def test_a_site_below_a_prefix_is_found_without_the_slash_too(client: Caller) -> None:
    answer = await client.get("/console", headers={"accept": "text/html"})
    deep = await client.get("/console/sys/log", headers={"accept": "text/html"})

    assert (answer.status, answer.headers["location"]) == (307, "/console/")
    assert deep.body == PAGE


async def test_a_missing_script_is_not_answered_with_a_page(client: Caller) -> None:
    answer = await client.get("/assets/gone.js", headers={"accept": "*/*"})

    assert answer.refusal == (404, "request.path_not_found")


async def test_a_packed_copy_goes_to_whoever_takes_it(client: Caller) -> None:
    packed = await client.get("/assets/app.1a2b.js", headers={"accept-encoding": "gzip"})
    plain = await client.get("/assets/app.1a2b.js", headers={"accept-encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert packed.body == SCRIPT
    assert "content-encoding" not in plain.headers
    assert plain.body == SCRIPT


async def test_nothing_outside_the_folder_is_served(client: Caller) -> None:
    answer = await client.get("/..%2fsecret.txt", headers={"accept": "*/*"})

    assert answer.status == 404


async def test_what_a_browser_has_already_is_not_sent_again(client: Caller) -> None:
    first = await client.get("/", headers={"accept-encoding": "identity"})

    known = {"accept-encoding": "identity", "if-none-match": first.headers["etag"]}
    again = await client.get("/", headers=known)
    other = await client.get("/", headers=known | {"if-none-match": '"another"'})

    assert (again.status, again.body) == (304, None)
    assert again.headers["cache-control"] == "no-cache"
    assert (other.status, other.body) == (200, PAGE)


async def test_the_packed_and_the_plain_copy_are_told_apart(client: Caller) -> None:
    packed = await client.get("/assets/app.1a2b.js", headers={"accept-encoding": "gzip"})

    plain = await client.get(
        "/assets/app.1a2b.js",
        headers={"accept-encoding": "identity", "if-none-match": packed.headers["etag"]},
    )

    assert (plain.status, plain.body) == (200, SCRIPT)


async def test_a_site_says_how_long_its_other_files_are_kept(client: Caller) -> None:
    answer = await client.get("/files/index.html", headers={"accept": "*/*"})

    assert answer.headers["cache-control"] == "public, max-age=86400"


async def test_pages_alone_carry_the_policy_of_the_moment_also_when_they_are_not_sent_again(
    site: Path,
) -> None:
    allowed = ["https://img.shop.cn"]

    async def policy() -> str:
        return content_security_policy(allowed)

    app = FastAPI(openapi_url=None)
    app.mount("/", SinglePageSite(site, page_policy=policy))
    async with serving(app) as client:
        page = await client.get("/")
        allowed.append("https://cdn.shop.cn")
        again = await client.get("/", headers={"if-none-match": page.headers["etag"]})
        script = await client.get("/assets/app.1a2b.js")

    assert "img-src 'self' data: blob: https://img.shop.cn;" in page.headers["content-security-policy"]
    assert again.status == 304
    assert "https://img.shop.cn https://cdn.shop.cn;" in again.headers["content-security-policy"]
    assert "content-security-policy" not in script.headers
