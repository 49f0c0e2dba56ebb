"""Objects in folders and buckets, against a real S3 server that checks every signature."""

import itertools
from pathlib import Path

import pytest
from tests.object_storage import ObjectStorage

from wanpu.infra.outside_calls import OutsideCallRefused, no_outside_calls
from wanpu.infra.storage.errors import ObjectMissing, StorageUnavailable
from wanpu.infra.storage.stores import ObjectStores
from wanpu.infra.storage.targets import BucketTarget, LocalTarget, Target

_names = itertools.count(1)


@pytest.fixture(params=["folder", "bucket in the path", "bucket in the host"])
def target(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    object_storage: ObjectStorage,
    monkeypatch: pytest.MonkeyPatch,
) -> Target:
    """An empty place of each kind."""
    if request.param == "folder":
        return LocalTarget(tmp_path / "files")
    bucket = f"stores-{next(_names)}"
    object_storage.make_bucket(bucket)
    if request.param == "bucket in the path":
        return bucket_target(object_storage, bucket)
    monkeypatch.setenv("HTTP_PROXY", object_storage.url)
    return BucketTarget(
        "http://oss-cn-hangzhou.aliyuncs.com",
        "oss-cn-hangzhou",
        bucket,
        object_storage.access_key,
        object_storage.secret_key,
        is_virtual_host=True,
    )


def bucket_target(storage: ObjectStorage, bucket: str, *, secret_key: str | None = None) -> BucketTarget:
    return BucketTarget(
        storage.url, "us-north-1", bucket, storage.access_key, secret_key or storage.secret_key, False
    )


async def test_what_is_put_can_be_read_replaced_and_removed(target: Target) -> None:
    stores = ObjectStores()

    await stores.put(target, "product/a.png", b"one", "image/png")
    await stores.put(target, "product/a.png", b"two", "image/png")
    assert await stores.get(target, "product/a.png") == b"two"

    await stores.delete(target, "product/a.png")
    await stores.delete(target, "product/a.png")
    with pytest.raises(ObjectMissing):
        await stores.get(target, "product/a.png")


async def test_a_probe_leaves_nothing_behind(
    target: Target, object_storage: ObjectStorage, tmp_path: Path
) -> None:
    await ObjectStores().probe(target, "product/.probe")

    if isinstance(target, BucketTarget):
        assert object_storage.objects(target.bucket) == {}
    else:
        assert [path for path in target.folder.rglob("*") if path.is_file()] == []


async def test_an_object_keeps_its_media_type(object_storage: ObjectStorage) -> None:
    object_storage.make_bucket("types")

    await ObjectStores().put(bucket_target(object_storage, "types"), "a.webp", b"x", "image/webp")

    assert object_storage.content_type("types", "a.webp") == "image/webp"


async def test_a_wrong_key_a_missing_bucket_and_silence_are_told_apart(object_storage: ObjectStorage) -> None:
    object_storage.make_bucket("apart")
    silent = BucketTarget("http://127.0.0.1:9", "cn", "apart", "k", "s", False)
    cases = {
        "denied": bucket_target(object_storage, "apart", secret_key="wrong"),
        "bucket_missing": bucket_target(object_storage, "no-such-bucket"),
        "unreachable": silent,
    }

    for problem, target in cases.items():
        with pytest.raises(StorageUnavailable) as refused:
            await ObjectStores().put(target, "a", b"x", "image/png")
        assert refused.value.details == {"problem": problem}
    assert object_storage.objects("apart") == {}


async def test_keys_in_the_environment_are_not_used(
    object_storage: ObjectStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    object_storage.make_bucket("environment")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "another")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "another")
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")

    await ObjectStores().put(bucket_target(object_storage, "environment"), "a", b"x", "image/png")

    assert object_storage.objects("environment") == {"a": b"x"}


@pytest.mark.parametrize("key", ["../outside", "a/../../outside", "a//b", ""])
async def test_a_key_never_leaves_its_folder(tmp_path: Path, key: str) -> None:
    with pytest.raises((ValueError, StorageUnavailable)):
        await ObjectStores().put(LocalTarget(tmp_path / "files"), key, b"x", "image/png")

    assert not (tmp_path / "outside").exists()


async def test_no_object_moves_while_a_transaction_is_open(tmp_path: Path) -> None:
    stores, target = ObjectStores(), LocalTarget(tmp_path / "files")

    with no_outside_calls():
        for call in (
            stores.put(target, "a", b"x", "image/png"),
            stores.get(target, "a"),
            stores.delete(target, "a"),
        ):
            with pytest.raises(OutsideCallRefused):
                await call


def test_a_target_never_prints_its_keys() -> None:
    target = BucketTarget("https://s3.example.com", "r", "b", "my-access-key", "my-secret-key", False)

    assert "my-access-key" not in repr(target)
    assert "my-secret-key" not in repr(target)


def test_the_bucket_stands_in_the_host_or_in_the_path() -> None:
    hosted = BucketTarget("https://oss-cn-hangzhou.aliyuncs.com/", "r", "shop", "k", "s", True)
    pathed = BucketTarget("https://s3.cn-east-1.qiniucs.com", "r", "shop", "k", "s", False)

    assert hosted.address == "https://shop.oss-cn-hangzhou.aliyuncs.com"
    assert pathed.address == "https://s3.cn-east-1.qiniucs.com"
