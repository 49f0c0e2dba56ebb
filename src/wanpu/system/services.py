"""What the operations base's use cases are given."""

from dataclasses import dataclass, field, fields

from wanpu.infra.services import Services
from wanpu.system.approvals import ApprovalActions
from wanpu.system.config_keys import SYSTEM_KEYS
from wanpu.system.merchant_directory import MerchantDirectory, NoMerchants
from wanpu.system.service.config_book import ConfigBook
from wanpu.system.service.permissions import PermissionBook


@dataclass(frozen=True)
class SystemServices(Services):
    """The services of every room, what this process remembers about permissions and settings, and the
    actions that take four eyes."""

    configs: ConfigBook
    permissions: PermissionBook = field(default_factory=PermissionBook)
    merchants: MerchantDirectory = field(default_factory=NoMerchants)
    approvals: ApprovalActions = field(default_factory=ApprovalActions)


def open_system_services(services: Services, *, merchants: MerchantDirectory | None = None) -> SystemServices:
    """The same services for the operations base; made once per process by the composition root.

    Without `merchants` the process knows no merchant, and opens no account for one.
    """
    shared = {field.name: getattr(services, field.name) for field in fields(Services)}
    return SystemServices(
        **shared,
        configs=ConfigBook(services.db, services.clock, services.vault, SYSTEM_KEYS),
        merchants=merchants or NoMerchants(),
    )
