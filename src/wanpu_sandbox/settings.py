"""Where a sandbox keeps its state and under which address others reach it."""

from dataclasses import dataclass
from pathlib import Path

from wanpu_sandbox.wechatpay.states import NotificationKey


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """Passed to `create_app`; nothing is read from the environment.

    `data_dir` is made when it is missing. It holds the keys (`credentials.json`) and the trades
    (`sandbox.sqlite3`); two sandboxes never share one. `notification_key` says which key signs call-backs of
    merchants that have no setting of their own.
    """

    data_dir: Path
    base_url: str = "http://127.0.0.1:8100"
    notification_key: NotificationKey = NotificationKey.PUBLIC_KEY

    @property
    def database_path(self) -> Path:
        """The file of the trades and call-backs."""
        return self.data_dir / "sandbox.sqlite3"

    @property
    def wallet_url(self) -> str:
        """The page that plays the buyer's phone."""
        return f"{self.base_url}/wallet"
