"""What the operations base's use cases are given."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from wanpu.infra.services import Services
from wanpu.infra.storage.stores import ObjectStores
from wanpu.system.approvals import ApprovalActions
from wanpu.system.config_keys import SYSTEM_KEYS
from wanpu.system.exports.kinds import ExportKinds
from wanpu.system.exports.lists import SYSTEM_EXPORTS
from wanpu.system.file_uses import FileUse
from wanpu.system.merchant_directory import MerchantDirectory, NoMerchants
from wanpu.system.service.config_book import ConfigBook
from wanpu.system.service.permissions import PermissionBook

DRAWN_AT_ONCE = 2
"""Uploaded pictures that one process unpacks at the same time; one may take 200 MB."""
WRITTEN_AT_ONCE = 2
"""Exports that one process writes at the same time, so that other due work is not kept waiting."""


@dataclass(frozen=True)
class SystemServices(Services):
    """The services of every room, what this process remembers about permissions and settings, the actions
    that take four eyes, where files lie, who is asked before one is removed, and what can be exported."""

    configs: ConfigBook
    permissions: PermissionBook = field(default_factory=PermissionBook)
    merchants: MerchantDirectory = field(default_factory=NoMerchants)
    approvals: ApprovalActions = field(default_factory=ApprovalActions)
    stores: ObjectStores = field(default_factory=ObjectStores)
    file_uses: Sequence[FileUse] = ()
    drawing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(DRAWN_AT_ONCE))
    exports: ExportKinds = field(default_factory=lambda: ExportKinds(SYSTEM_EXPORTS))
    exporting: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(WRITTEN_AT_ONCE))


def open_system_services(
    services: Services,
    *,
    merchants: MerchantDirectory | None = None,
    file_uses: Sequence[FileUse] = (),
) -> SystemServices:
    """The same services for the operations base; made once per process by the composition root.

    Without `merchants` the process knows no merchant, and opens no account for one. Each of `file_uses`
    is asked whether a file is still shown before it is removed.
    """
    shared = {field.name: getattr(services, field.name) for field in fields(Services)}
    return SystemServices(
        **shared,
        configs=ConfigBook(services.db, services.clock, services.vault, SYSTEM_KEYS),
        merchants=merchants or NoMerchants(),
        file_uses=file_uses,
    )
