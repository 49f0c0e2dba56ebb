"""The whole mall of one process, put together once: services of every room, reactions, background work."""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator
from dataclasses import dataclass, fields

from wanpu.crm import MerchantRegister, find_photo_use
from wanpu.crm.jobs import register_jobs as register_crm_jobs
from wanpu.infra.broker import BrokerConsumer, BrokerPublisher
from wanpu.infra.database_time import SimulatedTime
from wanpu.infra.due_work_runner import Runner
from wanpu.infra.jobs.housekeeping import register_jobs as register_infra_jobs
from wanpu.infra.jobs.registry import JobRegistry
from wanpu.infra.jobs.scheduler import Pace, Scheduler
from wanpu.infra.jobs.services import JobServices, open_jobs
from wanpu.infra.relay import InProcessPublisher, Publisher, Relay
from wanpu.infra.services import Services, close_services, open_services
from wanpu.infra.settings import Settings
from wanpu.infra.subscriptions import Subscriptions
from wanpu.kernel.clock import Clock
from wanpu.order import OrderDesk, OrderNumbers, OrderServices, open_desk
from wanpu.order import due_work_handlers as order_work
from wanpu.order import register as register_order
from wanpu.payment import LocalPaymentPort, PaymentServices, open_payment_services
from wanpu.payment import due_work_handlers as payment_work
from wanpu.payment import register as register_payment
from wanpu.product import find_picture_use
from wanpu.product.jobs import register_jobs as register_product_jobs
from wanpu.system import SystemServices, open_system_services
from wanpu.system import due_work_handlers as system_work
from wanpu.system.jobs import register_jobs as register_system_jobs
from wanpu.system.service.secrets import change_action as change_secret_action


@dataclass(frozen=True)
class Mall:
    """Every room's services in one process."""

    services: Services
    system: SystemServices
    payments: PaymentServices
    orders: OrderDesk
    subscriptions: Subscriptions
    jobs: JobServices


async def open_mall(settings: Settings, *, clock: Clock | None = None) -> Mall:
    """Put the rooms together over one set of services; nothing runs yet.

    Raises:
        SettingsRefused: the settings are incomplete or unsafe.
    """
    services = await open_services(settings, clock=clock)
    payments = open_payment_services(services)
    shared = {field.name: getattr(services, field.name) for field in fields(Services)}
    orders = OrderServices(
        **shared,
        payments=LocalPaymentPort(payments),
        numbers=OrderNumbers(services.serials, services.vault, services.tokens),
    )
    subscriptions = Subscriptions()
    register_order(subscriptions, orders)
    register_payment(subscriptions)
    system = open_system_services(
        services,
        merchants=MerchantRegister(services.db),
        file_uses=[functools.partial(find, services) for find in (find_picture_use, find_photo_use)],
    )
    system.approvals.register(change_secret_action(system))
    registry = JobRegistry()
    register_infra_jobs(registry, services)
    register_crm_jobs(registry, services)
    register_product_jobs(registry, services)
    register_system_jobs(registry, system)
    jobs = open_jobs(services, registry, time=None if clock is None else SimulatedTime(clock))
    return Mall(services, system, payments, open_desk(orders), subscriptions, jobs)


async def close_mall(mall: Mall) -> None:
    """Close every connection."""
    await close_services(mall.services)


@contextlib.asynccontextmanager
async def watching(mall: Mall) -> AsyncIterator[None]:
    """Keep what this process counts about itself while the block runs; every process does."""
    task = asyncio.create_task(mall.services.slow_statements.run(mall.services.db))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@contextlib.asynccontextmanager
async def background_work(mall: Mall) -> AsyncIterator[None]:
    """Deliver events, do due work and run scheduled jobs while the block runs; all stop at its end."""
    settings = mall.services.settings
    consumer: BrokerConsumer | None = None
    publisher: Publisher
    if settings.rabbitmq_url:
        publisher = BrokerPublisher(settings)
        consumer = BrokerConsumer(mall.services, mall.subscriptions)
    else:
        publisher = InProcessPublisher(mall.services.db, mall.subscriptions)
    relay = Relay(mall.services, publisher)
    runner = Runner(
        mall.services,
        order_work(mall.orders.services) | payment_work(mall.payments) | system_work(mall.system),
    )
    scheduler = Scheduler(mall.jobs, Pace.of(settings))
    tasks = [asyncio.create_task(part.run()) for part in (relay, runner, scheduler)]
    if consumer is not None:
        tasks.append(asyncio.create_task(consumer.run()))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
