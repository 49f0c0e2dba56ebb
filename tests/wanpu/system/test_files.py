"""Uploads end whole or not at all, in whatever storage is chosen."""

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, func, select
from tests.object_storage import ObjectStorage, running_object_storage
from tests.wanpu.infra.storage.samples import PDF, picture
from tests.wanpu.system.operations import make_caller
from tests.wanpu.system.storage import choose_bucket, choose_storage, set_keys

from wanpu.infra.outside_addresses import OutsideAddressRefused
from wanpu.infra.storage.errors import ObjectMissing, StorageUnavailable
from wanpu.infra.storage.stores import ObjectStores
from wanpu.infra.storage.targets import Target
from wanpu.infra.tables import table_of
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.errors import TooLarge
from wanpu.system.errors import (
    FileFolderMismatch,
    FileInUse,
    FileNotKnown,
    StorageNotConfigured,
    UploadAbandoned,
)
from wanpu.system.jobs import purge_unfinished_uploads
from wanpu.system.models import StoredFile
from wanpu.system.service.file_links import Variant
from wanpu.system.service.files import (
    GIVEN_UP_AFTER,
    Upload,
    delete_file,
    get_file,
    probe_storage,
    read_private,
    upload_file,
)
from wanpu.system.service.storage_places import picture_origins
from wanpu.system.services import SystemServices
from wanpu.system.states import FileFolder
from wanpu.system.storage_settings import StorageKind

CALLER = make_caller()


@pytest.fixture(scope="module")
def object_storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStorage]:
    """A real S3 server that checks signatures."""
    with running_object_storage(tmp_path_factory.mktemp("storage") / "server.log") as running:
        yield running


_buckets = iter(f"shop-{number}" for number in range(1, 1000))


async def upload(
    system: SystemServices,
    content: bytes | None = None,
    folder: FileFolder = FileFolder.PRODUCT,
    name: str = "茶杯.png",
) -> Row[Any]:
    return await upload_file(system, CALLER, Upload(name, folder, content or picture("PNG")))


async def count_rows(system: SystemServices) -> int:
    async with system.db.reading() as session:
        return (await session.execute(select(func.count()).select_from(table_of(StoredFile)))).scalar_one()


def local_files(system: SystemServices) -> list[str]:
    root = system.settings.data_dir
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if _is_upload(path))


def _is_upload(path: Path) -> bool:
    return path.is_file() and ("files" in path.parts or "private" in path.parts)


@pytest.mark.requirement("S0-166")
async def test_without_any_account_a_picture_lies_on_this_machine_with_its_thumbnail(
    system: SystemServices,
) -> None:
    row = await upload(system)

    assert (row.storage, row.bucket, row.pending) == ("local", "", None)
    assert (row.original_name, row.content_type, row.width, row.height) == ("茶杯.png", "image/png", 40, 30)
    assert row.url == f"/files/{row.object_key}"
    assert local_files(system) == sorted([f"files/{row.object_key}", f"files/{row.thumbnail_key}"])
    kept = (system.settings.data_dir / "files" / row.object_key).read_bytes()
    assert (len(kept), row.size) == (row.size, len(kept))
    again = await upload(system)
    assert again.url != row.url
    assert again.sha256 == row.sha256


CLOUDS = [
    pytest.param(
        StorageKind.ALIYUN,
        {
            "aliyunEndPoint": "http://oss-cn-hangzhou.aliyuncs.com",
            "aliyunDomain": "https://img.shop.cn",
            "aliyunPrefix": "upload/mall",
        },
        marks=pytest.mark.requirement("S0-162"),
        id="aliyun",
    ),
    pytest.param(
        StorageKind.QCLOUD,
        {
            "qcloudEndPoint": "http://cos.ap-guangzhou.myqcloud.com",
            "qcloudDomain": "https://img.shop.cn",
            "qcloudPrefix": "upload/mall",
        },
        marks=pytest.mark.requirement("S0-163"),
        id="qcloud",
    ),
    pytest.param(
        StorageKind.QINIU,
        {"qiniuRegion": "us-north-1", "qiniuDomain": "https://img.shop.cn", "qiniuPrefix": "upload/mall"},
        marks=pytest.mark.requirement("S0-164"),
        id="qiniu",
    ),
    pytest.param(
        StorageKind.S3,
        {"s3Domain": "https://img.shop.cn", "s3Prefix": "upload/mall"},
        id="s3",
    ),
]


@pytest.mark.parametrize(("kind", "group"), CLOUDS)
async def test_a_cloud_takes_uploads_with_the_settings_of_its_group(
    system: SystemServices,
    object_storage: ObjectStorage,
    monkeypatch: pytest.MonkeyPatch,
    kind: StorageKind,
    group: dict[str, Any],
) -> None:
    monkeypatch.setenv("HTTP_PROXY", object_storage.url)
    if f"{kind.word}EndPoint" not in group:
        group = group | {f"{kind.word}EndPoint": object_storage.url}
    bucket = next(_buckets)
    await choose_bucket(system, object_storage, kind, bucket, **group)

    assert await probe_storage(system, None) == kind.word
    row = await upload(system)
    secret = await upload(system, PDF, FileFolder.LICENSE, "执照.pdf")

    stored = object_storage.objects(bucket)
    assert sorted(stored) == sorted([row.object_key, row.thumbnail_key, secret.object_key])
    assert (row.storage, row.bucket) == (kind.word, bucket)
    assert row.object_key.startswith("upload/mall/product/202611/")
    assert row.url == f"https://img.shop.cn/{row.object_key}"
    assert len(stored[row.object_key]) == row.size
    assert object_storage.content_type(bucket, row.object_key) == "image/png"
    assert PDF not in stored[secret.object_key]
    assert (await read_private(system, secret.id, Variant.ORIGINAL)).content == PDF
    assert local_files(system) == []

    await delete_file(system, CALLER, row.id)
    assert sorted(object_storage.objects(bucket)) == [secret.object_key]


@pytest.mark.requirement("S0-165")
async def test_switching_moves_new_uploads_and_leaves_old_addresses(
    system: SystemServices, object_storage: ObjectStorage
) -> None:
    old = await upload(system)
    first, second = next(_buckets), next(_buckets)
    endpoint = {"s3EndPoint": object_storage.url}
    await choose_bucket(system, object_storage, StorageKind.S3, first, **endpoint)
    moved = await upload(system)
    await choose_bucket(system, object_storage, StorageKind.S3, second, **endpoint)
    newest = await upload(system, PDF, FileFolder.LICENSE)
    assert await picture_origins(system) == [object_storage.url]
    await choose_storage(system, StorageKind.LOCAL)
    last = await upload(system)

    assert [row.storage for row in (old, moved, newest, last)] == ["local", "s3", "s3", "local"]
    assert (moved.bucket, newest.bucket) == (first, second)
    for row in (old, moved, last):
        assert (await get_file(system.db, None, row.id)).url == row.url
    assert old.object_key in "".join(local_files(system))
    assert moved.object_key in object_storage.objects(first)
    assert (await read_private(system, newest.id, Variant.ORIGINAL)).content == PDF

    await delete_file(system, CALLER, moved.id)
    assert object_storage.objects(first) == {}


async def test_a_private_file_lies_sealed_beside_what_the_web_server_gives_out(
    system: SystemServices,
) -> None:
    row = await upload(system, PDF, FileFolder.LICENSE, "执照.pdf")
    scan = await upload(system, picture("JPEG"), FileFolder.LICENSE)

    assert row.url == f"/files/p/{row.id}"
    assert (row.is_private, row.thumbnail_url) == (True, None)
    assert all(name.startswith("private/") for name in local_files(system))
    assert PDF not in (system.settings.data_dir / "private" / row.object_key).read_bytes()
    given = await read_private(system, row.id, Variant.ORIGINAL)
    assert (given.name, given.content_type, given.content) == ("执照.pdf", "application/pdf", PDF)
    small = await read_private(system, scan.id, Variant.THUMBNAIL)
    assert small.content_type == "image/webp"
    with pytest.raises(FileNotKnown):
        await read_private(system, row.id, Variant.THUMBNAIL)

    (system.settings.data_dir / "private" / row.object_key).write_bytes(b"spoilt")
    with pytest.raises(ObjectMissing):
        await read_private(system, row.id, Variant.ORIGINAL)


async def test_public_files_are_never_read_as_private_ones(system: SystemServices) -> None:
    row = await upload(system)

    with pytest.raises(FileNotKnown):
        await read_private(system, row.id, Variant.ORIGINAL)


async def test_public_folders_take_pictures_alone_and_no_file_is_too_large(system: SystemServices) -> None:
    for folder in (FileFolder.PRODUCT, FileFolder.AVATAR):
        with pytest.raises(FileFolderMismatch):
            await upload(system, PDF, folder)
    tight = system.settings.model_copy(update={"upload_limit_bytes": 1024})
    with pytest.raises(TooLarge):
        await upload(dataclasses.replace(system, settings=tight), b"x" * 1025)

    assert await count_rows(system) == 0
    assert local_files(system) == []


class FailingStores(ObjectStores):
    """A storage that fails at the second object of a file."""

    def __init__(self) -> None:
        super().__init__()
        self.puts = 0

    async def put(self, target: Target, key: str, content: bytes, content_type: str) -> None:
        self.puts += 1
        if self.puts == 2:
            raise StorageUnavailable(details={"problem": "unreachable"})
        await super().put(target, key, content, content_type)


async def test_an_upload_that_stops_half_way_is_not_to_be_found_and_is_purged(
    system: SystemServices, clock: ManualClock
) -> None:
    with pytest.raises(StorageUnavailable):
        await upload(dataclasses.replace(system, stores=FailingStores()))
    assert (await count_rows(system), len(local_files(system))) == (1, 1)
    async with system.db.reading() as session:
        file_id = (await session.execute(select(table_of(StoredFile).c.id))).scalar_one()
    with pytest.raises(FileNotKnown):
        await get_file(system.db, None, file_id)

    clock.advance(GIVEN_UP_AFTER)
    assert await purge_unfinished_uploads(system) == 0
    clock.advance(timedelta(seconds=1))
    assert await purge_unfinished_uploads(system) == 1
    assert (await count_rows(system), local_files(system)) == (0, [])
    assert await purge_unfinished_uploads(system) == 0


class SlowStores(ObjectStores):
    """A storage so slow that the upload is given up before its last byte."""

    def __init__(self, system: SystemServices, clock: ManualClock) -> None:
        super().__init__()
        self.system, self.clock = system, clock

    async def put(self, target: Target, key: str, content: bytes, content_type: str) -> None:
        await super().put(target, key, content, content_type)
        self.clock.advance(GIVEN_UP_AFTER + timedelta(seconds=1))
        await purge_unfinished_uploads(self.system)


async def test_an_upload_that_was_given_up_meanwhile_never_becomes_whole(
    system: SystemServices, clock: ManualClock
) -> None:
    with pytest.raises(UploadAbandoned):
        await upload(dataclasses.replace(system, stores=SlowStores(system, clock)))

    assert (await count_rows(system), local_files(system)) == (0, [])


class AwayStores(ObjectStores):
    """A storage that removes nothing at the moment."""

    async def delete(self, target: Target, key: str) -> None:
        raise StorageUnavailable(details={"problem": "unreachable"})


async def test_a_removal_that_cannot_reach_the_storage_is_finished_later(
    system: SystemServices, clock: ManualClock
) -> None:
    row = await upload(system)
    away = dataclasses.replace(system, stores=AwayStores())

    await delete_file(away, CALLER, row.id)
    with pytest.raises(FileNotKnown):
        await get_file(system.db, None, row.id)
    with pytest.raises(FileNotKnown):
        await delete_file(system, CALLER, row.id)
    clock.advance(GIVEN_UP_AFTER + timedelta(seconds=1))
    assert await purge_unfinished_uploads(away) == 0
    clock.advance(GIVEN_UP_AFTER + timedelta(seconds=1))
    assert await purge_unfinished_uploads(system) == 1

    assert (await count_rows(system), local_files(system)) == (0, [])


async def test_a_file_that_something_shows_is_not_removed(system: SystemServices) -> None:
    asked: list[Sequence[str]] = []

    async def products(urls: Sequence[str]) -> str | None:
        asked.append(urls)
        return "product:17" if len(asked) == 1 else None

    shown = dataclasses.replace(system, file_uses=(products,))
    row = await upload(system)

    with pytest.raises(FileInUse) as refused:
        await delete_file(shown, CALLER, row.id)
    assert refused.value.details == {"used_by": "product:17"}
    assert asked == [[row.url, row.thumbnail_url]]
    assert len(local_files(system)) == 2

    await delete_file(shown, CALLER, row.id)
    assert local_files(system) == []


async def test_a_storage_without_its_secrets_or_with_wrong_ones_is_told_apart(
    system: SystemServices, object_storage: ObjectStorage
) -> None:
    bucket = next(_buckets)
    await choose_storage(system, StorageKind.S3, s3BucketName=bucket, s3EndPoint=object_storage.url)
    with pytest.raises(StorageNotConfigured) as lacking:
        await upload(system)
    assert lacking.value.details == {
        "missing": ["CLOUD_STORAGE_CONFIG_KEY/s3AccessKey", "CLOUD_STORAGE_CONFIG_KEY/s3SecretKey"]
    }

    await set_keys(system, StorageKind.S3, object_storage.access_key, object_storage.secret_key)
    with pytest.raises(StorageUnavailable) as missing:
        await probe_storage(system, None)
    assert missing.value.details == {"problem": "bucket_missing"}

    object_storage.make_bucket(bucket)
    await set_keys(system, StorageKind.S3, object_storage.access_key, "wrong")
    with pytest.raises(StorageUnavailable) as denied:
        await probe_storage(system, None)
    assert denied.value.details == {"problem": "denied"}
    assert await count_rows(system) == 0


async def test_production_puts_no_file_into_a_private_network_unless_the_machine_says_so(
    system: SystemServices, object_storage: ObjectStorage
) -> None:
    bucket = next(_buckets)
    await choose_bucket(system, object_storage, StorageKind.S3, bucket, s3EndPoint=object_storage.url)
    production = system.settings.model_copy(update={"env": "production"})
    allowed = production.model_copy(update={"private_hosts": ["127.0.0.1"]})

    with pytest.raises(OutsideAddressRefused):
        await upload(dataclasses.replace(system, settings=production))
    assert (await count_rows(system), object_storage.objects(bucket)) == (0, {})
    with pytest.raises(OutsideAddressRefused):
        await choose_storage(
            dataclasses.replace(system, settings=production),
            StorageKind.S3,
            s3EndPoint="https://169.254.169.254",
        )

    row = await upload(dataclasses.replace(system, settings=allowed))
    assert row.object_key in object_storage.objects(bucket)
