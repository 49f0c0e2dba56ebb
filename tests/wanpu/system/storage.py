"""Choosing a storage in tests, and files to put there."""

import json
from typing import Any

from pydantic import SecretStr
from tests.object_storage import ObjectStorage
from tests.wanpu.system.operations import make_caller

from wanpu.system.config_keys import STORAGE
from wanpu.system.service.base_rows import lay_base_rows
from wanpu.system.service.configs import ConfigContent, change_config, get_config, list_keys
from wanpu.system.service.secrets import change_secret, seal_secret
from wanpu.system.services import SystemServices
from wanpu.system.states import ConfigStatus
from wanpu.system.storage_settings import KEY_PAIRS, StorageKind


async def choose_storage(system: SystemServices, kind: StorageKind, **settings: Any) -> None:
    """Make `kind` the storage of new files; the settings of other kinds stay."""
    await lay_base_rows(system)
    ids = {key.name: row_id for key, row_id in await list_keys(system)}
    config_id = ids[STORAGE.name]
    assert config_id is not None
    row = await get_config(system.db, config_id)
    text = json.dumps(json.loads(row.param_value) | {"type": int(kind)} | settings)
    content = ConfigContent(text, ConfigStatus.HIDDEN, row.remark)
    await change_config(system, make_caller(), config_id, content, version=row.version)


async def set_keys(system: SystemServices, kind: StorageKind, access_key: str, secret_key: str) -> None:
    """Write down the two secrets that a kind of bucket is opened with."""
    for name, value in zip(KEY_PAIRS[kind], (access_key, secret_key), strict=True):
        sealed = seal_secret(system, STORAGE.secret_name(name), SecretStr(value))
        await change_secret(system, make_caller(), sealed)


async def choose_bucket(
    system: SystemServices, storage: ObjectStorage, kind: StorageKind, bucket: str, **settings: Any
) -> None:
    """A new bucket of the running S3 server as the storage of new files."""
    storage.make_bucket(bucket)
    await choose_storage(system, kind, **{f"{kind.word}BucketName": bucket}, **settings)
    await set_keys(system, kind, storage.access_key, storage.secret_key)
