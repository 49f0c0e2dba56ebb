"""Every table of every room, imported for the sake of the schema."""

from wanpu.crm import models as crm
from wanpu.infra import models as infra
from wanpu.infra.jobs import models as jobs
from wanpu.infra.tables import Base
from wanpu.order import models as order
from wanpu.payment import models as payment
from wanpu.product import models as product
from wanpu.system import models as system

__all__ = ["Base", "crm", "infra", "jobs", "order", "payment", "product", "system"]
