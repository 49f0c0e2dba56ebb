"""The parts of the WeChat Pay server, put together once per application."""

from collections.abc import Mapping
from dataclasses import dataclass

from wanpu_sandbox.clock import SandboxClock
from wanpu_sandbox.database import Database
from wanpu_sandbox.faults import FaultPlan
from wanpu_sandbox.settings import SandboxSettings
from wanpu_sandbox.wechatpay import merchant_settings, notifications, store
from wanpu_sandbox.wechatpay.accounts import Accounts
from wanpu_sandbox.wechatpay.merchant_settings import MerchantSettings
from wanpu_sandbox.wechatpay.notifier import Notifier
from wanpu_sandbox.wechatpay.transactions import Transactions


@dataclass(frozen=True, slots=True)
class Provider:
    """State and rules of the server; HTTP, wallet and control speak to these parts only."""

    settings: SandboxSettings
    database: Database
    clock: SandboxClock
    faults: FaultPlan
    accounts: Accounts
    merchant_settings: MerchantSettings
    transactions: Transactions
    notifier: Notifier

    def reset(self) -> None:
        """Forget trades, call-backs, faults and time travel; accounts, keys and names stay."""
        self.faults.clear()
        with self.database.transaction() as connection:
            notifications.delete_all(connection)
            store.delete_orders(connection)
            merchant_settings.forget_keys(connection)
        self.clock.reset()
        self.notifier.wake()


def build_provider(settings: SandboxSettings) -> Provider:
    """Open the data folder, making keys and tables on first use."""
    accounts = Accounts(settings.data_dir)
    database = _open_database(settings)
    clock = SandboxClock(database)
    faults = FaultPlan()
    per_merchant = MerchantSettings(database, settings.notification_key)
    return Provider(
        settings=settings,
        database=database,
        clock=clock,
        faults=faults,
        accounts=accounts,
        merchant_settings=per_merchant,
        transactions=Transactions(database, clock, faults),
        notifier=Notifier(database, clock, accounts, per_merchant, faults),
    )


def name_merchants(settings: SandboxSettings, names: Mapping[str, str]) -> None:
    """Give merchants (by mchid or sub_mchid) the names that the wallet shows. The server need not run."""
    database = _open_database(settings)
    try:
        per_merchant = MerchantSettings(database, settings.notification_key)
        for mchid, name in names.items():
            per_merchant.change(mchid, name=name)
    finally:
        database.close()


def _open_database(settings: SandboxSettings) -> Database:
    return Database(settings.database_path, merchant_settings.SCHEMA, store.SCHEMA, notifications.SCHEMA)
