"""Puts, reads and removes objects, in a folder or in a bucket (obstore beneath)."""

import asyncio
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import LocalStore, S3Store

from wanpu.infra.outside_calls import refuse_inside_transaction
from wanpu.infra.storage.errors import ObjectMissing, StorageUnavailable
from wanpu.infra.storage.targets import BucketTarget, LocalTarget, Target

REMEMBERED = 16
"""Targets whose open connections one process keeps."""

_PROBE = b"wanpu"
_CLIENT: Any = {"connect_timeout": timedelta(seconds=5), "timeout": timedelta(seconds=60)}
_RETRIES: Any = {"max_retries": 2, "retry_timeout": timedelta(seconds=60)}


class ObjectStores:
    """Every target that this process has used, each opened once."""

    def __init__(self) -> None:
        self._open: OrderedDict[Target, Any] = OrderedDict()

    async def put(self, target: Target, key: str, content: bytes, content_type: str) -> None:
        """Write an object; what lay under the key before is replaced as a whole.

        Raises:
            StorageUnavailable: it may or may not lie there now.
        """
        refuse_inside_transaction(f"put {key}")
        store = await self._store(target)
        is_local = isinstance(target, LocalTarget)
        with _explained(key, missing=StorageUnavailable(details={"problem": "bucket_missing"})):
            await obstore.put_async(
                store, key, content, attributes=None if is_local else {"Content-Type": content_type}
            )
        if isinstance(target, LocalTarget):
            await asyncio.to_thread(_settle, target.folder / key)

    async def get(self, target: Target, key: str) -> bytes:
        """The whole content of an object.

        Raises:
            ObjectMissing: nothing lies there.
            StorageUnavailable: no good answer.
        """
        refuse_inside_transaction(f"get {key}")
        store = await self._store(target)
        with _explained(key, missing=ObjectMissing(key)):
            answer = await obstore.get_async(store, key)
            return bytes(await answer.bytes_async())

    async def delete(self, target: Target, key: str) -> None:
        """Remove an object; one that is gone already is no matter.

        Raises:
            StorageUnavailable: it may still lie there.
        """
        refuse_inside_transaction(f"delete {key}")
        store = await self._store(target)
        try:
            with _explained(key, missing=ObjectMissing(key)):
                await obstore.delete_async(store, key)
        except ObjectMissing:
            return

    async def probe(self, target: Target, key: str) -> None:
        """Write a small object, read it back and remove it.

        Raises:
            StorageUnavailable: one of the three did not work.
        """
        await self.put(target, key, _PROBE, "application/octet-stream")
        try:
            content = await self.get(target, key)
        except ObjectMissing as error:
            raise StorageUnavailable(str(error), details={"problem": "unreachable"}) from error
        await self.delete(target, key)
        if content != _PROBE:
            raise StorageUnavailable("read something else", details={"problem": "unreachable"})

    async def _store(self, target: Target) -> Any:
        store = self._open.get(target)
        if store is None:
            store = await asyncio.to_thread(_open, target)
            self._open[target] = store
            while len(self._open) > REMEMBERED:
                self._open.popitem(last=False)
        return store


def _open(target: Target) -> Any:
    if isinstance(target, LocalTarget):
        return LocalStore(target.folder, mkdir=True)
    is_http = target.endpoint.startswith("http://")
    return S3Store(
        target.bucket,
        endpoint=target.address,
        region=target.region,
        credential_provider=_credentials_of(target),
        skip_signature=False,
        virtual_hosted_style_request=target.is_virtual_host,
        client_options=_CLIENT | {"allow_http": is_http},
        retry_config=_RETRIES,
    )


def _credentials_of(target: BucketTarget) -> Callable[[], Any]:
    """The keys of this target alone: variables like AWS_SESSION_TOKEN would else be mixed in."""
    keys = {"access_key_id": target.access_key, "secret_access_key": target.secret_key}
    return lambda: {**keys, "token": None, "expires_at": None}


@contextmanager
def _explained(key: str, *, missing: Exception) -> Iterator[None]:
    """Turn what the storage answers into our refusals; its own words stay in the log, since they may
    repeat what another machine said."""
    try:
        yield
    except FileNotFoundError as error:
        raise missing from error
    except (PermissionDeniedError, UnauthenticatedError, PermissionError) as error:
        raise StorageUnavailable(str(error), details={"problem": "denied"}) from error
    except (BaseError, OSError) as error:
        raise StorageUnavailable(f"{key}: {error}", details={"problem": "unreachable"}) from error


def _settle(file: Path) -> None:
    """Wait until a new file and its name have reached the disk."""
    for path in (file, file.parent):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
