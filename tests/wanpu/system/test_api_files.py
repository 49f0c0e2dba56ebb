"""Files over HTTP: what may come in, who may see it, and what is refused."""

import dataclasses
import io
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from PIL import Image
from tests.http import Answer, Caller, room_app, serving
from tests.wanpu.infra.storage.samples import (
    DRAWING,
    MARK,
    PAGE,
    PDF,
    PROGRAM,
    animation,
    picture,
    png_claiming,
    workbook,
)
from tests.wanpu.system.people import make_staff

from wanpu.infra.http.single_page_site import SinglePageSite
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import Id
from wanpu.system.api import ROUTERS
from wanpu.system.api.uploads import body_limits
from wanpu.system.services import SystemServices

PLATFORM = "/platform/v1/files"
MERCHANT = "/merchant/v1/files"
BOUNDARY = "----wanpu-form"
LIMIT = 200_000
INJECTIONS = ["' OR 1=1 --", "x'; DROP TABLE sys_oss; --", "\\", "%_", "<script>"]


@pytest.fixture
async def http(system: SystemServices) -> AsyncIterator[Caller]:
    """The routes of the operations base and public files, for somebody who may do everything with files;
    uploads end at 200 000 bytes, other bodies at 1 MiB."""
    object.__setattr__(system, "settings", system.settings.model_copy(update={"upload_limit_bytes": LIMIT}))
    app = room_app(system, ROUTERS, body_limits=body_limits(system.settings))
    app.state.system = system
    app.mount("/files", SinglePageSite(system.settings.data_dir / "files"))
    operator = await make_staff(system, "operator", ["sys:oss:all", "sys:log:list"])
    async with serving(app) as caller:
        yield caller.with_token(operator.token)


@dataclasses.dataclass(frozen=True)
class Part:
    """One part of a form; a file when it has a `filename`."""

    name: str
    content: bytes
    filename: str | None = None
    content_type: str = "image/jpeg"

    def encode(self) -> bytes:
        """The part as browsers write it: names in UTF-8, quotes escaped."""
        head = f'Content-Disposition: form-data; name="{self.name}"'
        if self.filename is not None:
            escaped = self.filename.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
            head += f'; filename="{escaped}"\r\nContent-Type: {self.content_type}'
        return f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + self.content + b"\r\n"


async def send_form(http: Caller, *parts: Part, path: str = PLATFORM) -> Answer:
    body = b"".join(part.encode() for part in parts) + f"--{BOUNDARY}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return await http.send("POST", path, raw=body, headers=headers)


async def upload(
    http: Caller,
    content: bytes,
    name: str = "photo.jpg",
    folder: str = "product",
    *,
    path: str = PLATFORM,
) -> Answer:
    parts = [Part("folder", folder.encode()), Part("file", content, name)]
    return await send_form(http, *parts, path=path)


async def total_of(http: Caller, path: str = PLATFORM, **query: str) -> int:
    answer = await http.get(path, query=query)
    assert answer.status == 200, answer.body
    return int(answer.body["total"])


@pytest.mark.requirement("S0-125", "S0-166")
async def test_an_upload_answers_with_an_address_that_opens(http: Caller) -> None:
    answer = await upload(http, picture("JPEG", (400, 200)), "../../茶杯😀.php")

    made = answer.body
    assert answer.status == 201
    assert (made["name"], made["content_type"], made["storage"]) == ("茶杯😀.jpg", "image/jpeg", "local")
    assert (made["width"], made["height"], made["is_private"]) == (400, 200, False)
    assert made["open_url"] == made["url"]
    opened = await http.with_token(None).get(made["url"])
    assert (opened.status, opened.headers["content-type"]) == (200, "image/jpeg")
    assert opened.headers["x-content-type-options"] == "nosniff"
    assert (len(opened.body), Image.open(io.BytesIO(opened.body)).size) == (made["size_bytes"], (400, 200))
    small = await http.with_token(None).get(made["thumbnail_url"])
    assert Image.open(io.BytesIO(small.body)).size == (320, 160)
    assert (await http.get(f"{PLATFORM}/{made['file_id']}")).body == made


async def test_files_are_listed_filtered_sorted_and_removed(http: Caller, clock: ManualClock) -> None:
    first = (await upload(http, picture("PNG"), "cup.png")).body
    clock.advance(timedelta(hours=1))
    second = (await upload(http, animation("GIF"), "dance.gif", "detail")).body
    licence = (await upload(http, workbook(), "list.xlsx", "document")).body
    since = (clock.now() - timedelta(minutes=1)).isoformat()

    listed = (await http.get(PLATFORM, query={"sort": "original_name", "order": "asc"})).body
    assert [item["name"] for item in listed["items"]] == ["cup.png", "dance.gif", "list.xlsx"]
    for query, total in (
        ({"folder": "product"}, 1),
        ({"content_type": "image/gif"}, 1),
        ({"name": "dance"}, 1),
        ({"storage": "local"}, 3),
        ({"storage": "qiniu"}, 0),
        ({"sha256": first["sha256"]}, 1),
        ({"merchant_id": "7"}, 0),
        ({"since": since}, 2),
        ({"until": since}, 1),
        ({"folder": "document", "name": "cup"}, 0),
    ):
        assert await total_of(http, **query) == total, query

    assert (await http.delete(f"{PLATFORM}/{first['file_id']}")).status == 204
    assert (await http.get(first["url"])).status == 404
    assert (await http.get(f"{PLATFORM}/{first['file_id']}")).refusal == (404, "file.not_found")
    assert (await http.delete(f"{PLATFORM}/{first['file_id']}")).refusal == (404, "file.not_found")
    assert await total_of(http) == 2
    operations = (await http.get("/platform/v1/logs")).body["items"]
    assert sorted(row["operation"] for row in operations) == ["file.delete", *["file.upload"] * 3]
    assert {second["folder"], licence["folder"]} == {"detail", "document"}


async def test_a_private_file_opens_by_a_signed_link_alone_and_for_ten_minutes(
    http: Caller, clock: ManualClock
) -> None:
    made = (await upload(http, PDF, "营业执照.pdf", "license")).body
    nobody = http.with_token(None)
    assert made["url"] == f"/files/p/{made['file_id']}"

    opened = await nobody.get(made["open_url"])
    assert (opened.status, opened.body) == (200, PDF)
    assert opened.headers["content-type"] == "application/pdf"
    assert opened.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E8%90%A5")
    assert "sandbox" in opened.headers["content-security-policy"]
    assert opened.headers["x-content-type-options"] == "nosniff"
    assert opened.headers["cache-control"] == "private, no-store"

    link = made["open_url"]
    another = (await upload(http, PDF, "b.pdf", "license")).body
    invalid = (403, "file.link_invalid")
    assert (await nobody.get(made["url"])).refusal == invalid
    assert (await http.get(made["url"])).refusal == invalid
    assert (await nobody.get(link[:-1] + ("0" if link[-1] != "0" else "1"))).refusal == invalid
    assert (await nobody.get(link.replace("expires=1", "expires=2"))).refusal == invalid
    assert (await nobody.get(link.replace("variant=original", "variant=thumbnail"))).refusal == invalid
    assert (await nobody.get(link.replace(made["file_id"], another["file_id"], 1))).refusal == invalid
    assert (await nobody.get(f"{made['url']}?expires=99999999999&signature=%ff")).refusal == invalid
    assert (await nobody.get(link.replace("original", "secret"))).refusal == (422, "request.invalid")

    clock.advance(timedelta(minutes=10))
    assert (await nobody.get(link)).refusal == (403, "file.link_expired")
    fresh = (await http.get(f"{PLATFORM}/{made['file_id']}")).body["open_url"]
    assert (await nobody.get(fresh)).status == 200
    await http.delete(f"{PLATFORM}/{made['file_id']}")
    assert (await nobody.get(fresh)).refusal == (404, "file.not_found")


async def test_uploads_in_disguise_are_refused_and_leave_nothing(
    http: Caller, system: SystemServices
) -> None:
    refused = (422, "file.content_refused")
    broken = (422, "file.picture_broken")
    cases: list[tuple[str, bytes, tuple[int, str]]] = [
        ("program.jpg", PROGRAM, refused),
        ("page.png", PAGE, refused),
        ("drawing.svg", DRAWING, refused),
        ("drawing.png", b"<?xml version='1.0'?>" + DRAWING, refused),
        ("page-in-png.png", b"\x89PNG\r\n\x1a\n" + PAGE, broken),
        ("script.gif", b"GIF89a/*" + b"\x01\x00\x01\x00" + b"*/=1;alert(1)//", broken),
        ("cut.jpg", picture("JPEG", (400, 400))[:-500], broken),
        ("bomb.png", png_claiming(50_000, 50_000), (422, "file.picture_too_large")),
        ("bomb.xlsx", workbook({"xl/a.xml": b"0" * 9_000_000}), refused),
        ("macro.xlsx", workbook({"xl/vbaProject.bin": b"x"}), refused),
        ("empty.jpg", b"", (422, "file.empty")),
        ("public.pdf", PDF, (422, "file.folder_mismatch")),
    ]

    for name, content, refusal in cases:
        assert (await upload(http, content, name)).refusal == refusal, name

    assert await total_of(http) == 0
    assert [path for path in system.settings.data_dir.rglob("*.*") if "files" in path.parts] == []


async def test_a_script_behind_a_picture_is_gone_when_it_is_given_out(http: Caller) -> None:
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        made = (await upload(http, picture(kind) + MARK)).body
        opened = await http.get(made["url"])
        assert MARK not in opened.body, kind


async def test_names_that_climb_or_hide_find_nothing(http: Caller) -> None:
    for name, shown in (
        ("../../../etc/passwd", "passwd.png"),
        ("..\\..\\boot.ini", "boot.png"),
        ("\u202egnp.exe", "gnp.png"),
        ("名" * 400 + ".png", "名" * 120 + ".png"),
        ("<img src=x onerror=alert(1)>.png", "img src=x onerror=alert(1).png"),
    ):
        made = (await upload(http, picture("PNG"), name)).body
        assert made["name"] == shown
        assert made["url"].startswith("/files/product/202611/")
    for path in ("/files/..%2f..%2fwanpu.sqlite3", "/files/%2e%2e/master.key", "/files/product/../../x"):
        assert (await http.get(path)).status == 404


async def test_bodies_that_are_no_form_with_one_file_are_refused(http: Caller) -> None:
    malformed = (422, "file.upload_malformed")
    file, folder = Part("file", picture("PNG"), "a.png"), Part("folder", b"product")
    forms = {
        "nothing": [],
        "no folder": [file],
        "no file": [folder],
        "text for a file": [Part("file", b"text"), folder],
        "another name": [Part("picture", picture("PNG"), "a.png"), folder],
        "two files": [file, file, folder],
        "two folders": [file, folder, folder],
        "one field more": [file, folder, Part("merchant_id", b"7")],
        "unknown folder": [file, Part("folder", b"../etc")],
        "folder that is no text": [file, Part("folder", b"\xff\xfe")],
        "folder as file": [file, Part("folder", b"product", "f")],
        "long folder": [file, Part("folder", b"x" * 5000)],
    }

    for name, parts in forms.items():
        assert (await send_form(http, *parts)).refusal == malformed, name
    assert (await http.post(PLATFORM, {"file": "x"})).refusal == (415, "request.unsupported_media_type")
    for content_type in (
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=b",
    ):
        answer = await http.send(
            "POST", PLATFORM, raw=b"--x\r\nrubbish", headers={"Content-Type": content_type}
        )
        assert answer.refusal == malformed, content_type
    assert await total_of(http) == 0


async def test_a_file_over_the_limit_is_refused_and_other_bodies_keep_theirs(http: Caller) -> None:
    assert (await upload(http, b"\xff\xd8\xff" + b"x" * LIMIT)).refusal == (413, "request.too_large")
    assert (await upload(http, b"\xff\xd8\xff" + b"x" * LIMIT * 4)).refusal == (413, "request.too_large")
    assert (await http.post(f"{PLATFORM}/storage-test", {"x": "y" * 1_100_000})).refusal == (
        413,
        "request.too_large",
    )
    assert await total_of(http) == 0


async def test_what_may_be_uploaded_is_told_as_it_is_judged(http: Caller, system: SystemServices) -> None:
    keeper = await make_staff(system, "keeper", ["merchant:file:all"], merchant_id=Id(7))

    told = (await http.get(f"{PLATFORM}/limits")).body
    of_merchant = (await http.with_token(keeper.token).get(f"{MERCHANT}/limits")).body

    pictures = ["image/jpeg", "image/png", "image/webp", "image/gif"]
    takes = {one["folder"]: one["content_types"] for one in told["folders"]}
    assert (told["limit_bytes"], of_merchant["limit_bytes"]) == (LIMIT, LIMIT)
    assert takes["product"] == pictures
    assert takes["document"][:5] == [*pictures, "application/pdf"]
    assert [(one["folder"], one["is_private"]) for one in of_merchant["folders"]] == [
        ("product", False),
        ("detail", False),
        ("license", True),
        ("document", True),
    ]
    assert (await upload(http, PDF, "list.pdf", "document")).status == 201
    assert (await upload(http, PDF, "list.pdf", "product")).refusal == (422, "file.folder_mismatch")


async def test_nobody_and_those_without_the_permission_are_stopped_before_the_file_is_read(
    http: Caller, system: SystemServices
) -> None:
    lacking = http.with_token((await make_staff(system, "lacking", ["sys:oss:list"])).token)

    assert (await upload(http.with_token(None), b"x")).refusal == (401, "auth.required")
    assert (await upload(lacking, b"x")).refusal == (403, "auth.forbidden")
    for method, path in (
        ("GET", PLATFORM),
        ("GET", f"{PLATFORM}/1"),
        ("DELETE", f"{PLATFORM}/1"),
        ("POST", f"{PLATFORM}/storage-test"),
    ):
        body = {} if method == "POST" else None
        assert (await lacking.send(method, path, body)).refusal == (403, "auth.forbidden"), path


async def test_a_merchants_staff_sees_and_removes_the_files_of_its_own_merchant_alone(
    http: Caller, system: SystemServices
) -> None:
    own = http.with_token((await make_staff(system, "seven", ["merchant:file:all"], merchant_id=Id(7))).token)
    other = http.with_token(
        (await make_staff(system, "eight", ["merchant:file:all"], merchant_id=Id(8))).token
    )
    platform_file = (await upload(http, picture("PNG"))).body
    foreign = (await upload(other, picture("PNG"), path=MERCHANT)).body
    made = (await upload(own, picture("PNG"), path=MERCHANT)).body

    assert (made["merchant_id"], foreign["merchant_id"], platform_file["merchant_id"]) == ("7", "8", None)
    listed = (await own.get(MERCHANT)).body
    assert ([item["file_id"] for item in listed["items"]], listed["total"]) == ([made["file_id"]], 1)
    for stranger in (foreign, platform_file):
        url = f"{MERCHANT}/{stranger['file_id']}"
        assert (await own.get(url)).refusal == (404, "file.not_found")
        assert (await own.delete(url)).refusal == (404, "file.not_found")
    assert (await own.get(MERCHANT, query={"merchant_id": "8"})).body["total"] == 1
    for folder in ("home", "brand", "avatar"):
        refused = await upload(own, picture("PNG"), folder=folder, path=MERCHANT)
        assert refused.refusal == (422, "file.upload_malformed")
    assert (await own.get(PLATFORM)).refusal == (403, "auth.forbidden")
    assert (await http.get(MERCHANT)).refusal == (403, "auth.forbidden")

    assert await total_of(http, merchant_id="7") == 1
    assert (await own.delete(f"{MERCHANT}/{made['file_id']}")).status == 204
    assert (await http.get(foreign["url"])).status == 200
    assert await total_of(http) == 2


async def test_text_of_an_attack_finds_nothing_and_changes_nothing(http: Caller) -> None:
    await upload(http, picture("PNG"), "cup.png")

    for text in INJECTIONS:
        for name in ("content_type", "storage", "sha256", "name"):
            assert await total_of(http, **{name: text}) == 0, (name, text)
        for name in ("sort", "order", "folder", "merchant_id", "since", "until", "page", "size"):
            assert (await http.get(PLATFORM, query={name: text})).refusal == (422, "request.invalid")
    for file_id in ("0", "-1", "x", "1'--", "99999999999999999999"):
        assert (await http.get(f"{PLATFORM}/{file_id}")).refusal == (422, "request.invalid")
    assert await total_of(http) == 1


async def test_the_chosen_storage_can_be_tried(http: Caller) -> None:
    url = f"{PLATFORM}/storage-test"

    assert (await http.post(url, {})).body == {"storage": "local"}
    lacking = await http.post(url, {"type": 1})
    assert lacking.refusal == (409, "storage.not_configured")
    assert "qiniuBucketName" in lacking.body["details"]["missing"]
    for body in ({"type": 5}, {"type": "1"}, {"kind": 1}):
        assert (await http.post(url, body)).refusal == (422, "request.invalid")
