"""What the payment room's use cases are given."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Protocol

from wanpu.infra.lane import Lane
from wanpu.infra.services import Services
from wanpu.kernel.clock import Clock
from wanpu.payment.channel import AccountFacts, Channel
from wanpu.payment.service.notices import Notice, notice_lane
from wanpu.payment.states import NotificationResult


class ChannelSource(Protocol):
    """Where use cases get channels from. `signature_clock` tells true time, never a shifted one."""

    @property
    def signature_clock(self) -> Clock: ...

    async def for_account(self, account_id: int) -> Channel:
        """The channel of one account, switched on or not: old attempts are still asked about.

        Raises:
            ChannelAccountUnknown: no such account.
            ChannelAccountUnusable: its credentials are broken.
        """
        ...

    async def facts(self, account_id: int) -> AccountFacts:
        """Which account that is.

        Raises:
            ChannelAccountUnknown: no such account.
        """
        ...

    async def list_accounts(self) -> Sequence[int]:
        """The ids of the accounts that are switched on."""
        ...


@dataclass(frozen=True)
class PaymentServices(Services):
    """The services of every room, the channels, and the lane in which notifications are committed."""

    channels: ChannelSource
    notices: Lane[Notice, NotificationResult]


def with_channels(services: Services, channels: ChannelSource) -> PaymentServices:
    """The same services for the payment room."""
    given = {field.name: getattr(services, field.name) for field in fields(Services)}
    return PaymentServices(**given, channels=channels, notices=notice_lane(services.db))
