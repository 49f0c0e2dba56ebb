"""What the operations base's use cases are given."""

from dataclasses import dataclass, field, fields

from wanpu.infra.services import Services
from wanpu.system.service.permissions import PermissionBook


@dataclass(frozen=True)
class SystemServices(Services):
    """The services of every room, and what this process remembers about permissions."""

    permissions: PermissionBook = field(default_factory=PermissionBook)


def open_system_services(services: Services) -> SystemServices:
    """The same services for the operations base; made once per process by the composition root."""
    return SystemServices(**{field.name: getattr(services, field.name) for field in fields(Services)})
