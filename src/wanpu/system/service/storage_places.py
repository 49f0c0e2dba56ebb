"""Where files lie: the storage that new ones go to, and the one that an old one was put in."""

from dataclasses import dataclass

from wanpu.infra.database import DatabaseAway
from wanpu.infra.outside_addresses import require_outside_address
from wanpu.infra.storage.targets import LocalTarget, Target
from wanpu.system.config_keys import STORAGE
from wanpu.system.errors import StorageNotConfigured
from wanpu.system.services import SystemServices
from wanpu.system.storage_settings import KEY_PAIRS, StorageKind

PRIVATE = "private"
"""The folder of this machine, and the first part of a key in a bucket, where sealed files lie."""

_PUBLIC_PATH = "/files"


@dataclass(frozen=True, slots=True)
class Place:
    """A storage as a new file's row names it. `prefix` begins its keys, `base` its public address."""

    storage: str
    bucket: str
    target: Target
    prefix: str
    base: str


async def place_of_new(
    app: SystemServices, *, is_private: bool = False, kind: StorageKind | None = None
) -> Place:
    """Where a file goes that is uploaded now; of `kind`, when another than the chosen one is asked for.

    Raises:
        StorageNotConfigured, OutsideAddressRefused: the settings do not do.
    """
    settings = await app.configs.value(STORAGE)
    kind = settings.kind if kind is None else kind
    if kind is StorageKind.LOCAL:
        bucket = PRIVATE if is_private else ""
        return Place(kind.word, bucket, _folder(app, bucket), "", _PUBLIC_PATH)
    bucket = settings.bucket(kind)
    target = await target_of(app, kind.word, bucket)
    assert not isinstance(target, LocalTarget)
    parts = [settings.prefix(kind), PRIVATE if is_private else ""]
    return Place(kind.word, bucket, target, "/".join(filter(None, parts)), settings.public_base(target, kind))


async def target_of(app: SystemServices, storage: str, bucket: str) -> Target:
    """The storage that a file's row names, opened with the present keys of its kind.

    Raises:
        StorageNotConfigured: settings or secrets of that kind are missing.
        OutsideAddressRefused: its address leads into a private network.
    """
    kind = StorageKind[storage.upper()]
    if kind is StorageKind.LOCAL:
        return _folder(app, bucket)
    settings = await app.configs.value(STORAGE)
    names = [STORAGE.secret_name(name) for name in KEY_PAIRS[kind]]
    keys = [await app.configs.secret(name) for name in names]
    missing = [name for name, key in zip(names, keys, strict=True) if not key]
    if not bucket:
        missing.append(f"{kind.word}BucketName")
    if not settings.endpoint(kind):
        missing.append(f"{kind.word}EndPoint")
    if missing:
        raise StorageNotConfigured(details={"missing": missing})
    await require_outside_address(app.settings, settings.endpoint(kind))
    access_key, secret_key = (str(key) for key in keys)
    return settings.target(kind, bucket, access_key, secret_key)


async def is_public_address(app: SystemServices, url: str) -> bool:
    """Whether an address is one that public files of this mall have: a path of ours, or an address below a
    bucket that is configured now."""
    if url.startswith(f"{_PUBLIC_PATH}/"):
        return True
    settings = await app.configs.value(STORAGE)
    return any(url.startswith(f"{base}/") for base in settings.public_bases())


async def picture_origins(app: SystemServices) -> list[str]:
    """Where public files of the configured buckets are found by browsers: "https://img.shop.cn". Nothing
    while the database is away."""
    try:
        settings = await app.configs.value(STORAGE)
    except DatabaseAway:
        return []
    return settings.picture_origins()


def _folder(app: SystemServices, bucket: str) -> LocalTarget:
    """Public files lie below what the web server gives out, private ones beside it."""
    return LocalTarget(app.settings.data_dir.resolve() / (bucket or "files"))
