"""Fixtures of the storage's tests."""

from collections.abc import Iterator

import pytest
from tests.object_storage import ObjectStorage, running_object_storage


@pytest.fixture(scope="session")
def object_storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStorage]:
    """A real S3 server that checks signatures."""
    with running_object_storage(tmp_path_factory.mktemp("storage") / "server.log") as running:
        yield running
