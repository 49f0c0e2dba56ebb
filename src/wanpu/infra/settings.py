"""Settings: `WANPU_*` variables and a `.env` file, read once, typed, and passed down."""

import os
import secrets
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

MIN_SECRET_LENGTH = 32
MIN_PASSWORD_LENGTH = 12
_SAMPLE_WORDS = (
    "changeme",
    "change-me",
    "change_me",
    "example",
    "sample",
    "secret",
    "password",
    "wanpu",
    "todo",
)
_SAMPLE_PASSWORDS = (
    "",
    "root",
    "postgres",
    "guest",
    "admin",
    "redis",
    "123456",
    "password",
    "secret",
    "wanpu",
)
_LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1", "0.0.0.0")  # noqa: S104 - refused, never bound


class SettingsRefused(Exception):
    """The settings are incomplete or unsafe; `problems` lists everything that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("settings refused:\n" + "\n".join(f"  - {problem}" for problem in problems))
        self.problems = problems


class Settings(BaseSettings):
    """Everything an operator may set. Each field is the variable `WANPU_<NAME>`."""

    model_config = SettingsConfigDict(
        env_prefix="WANPU_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    env: Literal["development", "production"] = Field(
        "development", description="`production` refuses the sandbox, a fixed captcha and weak secrets."
    )
    data_dir: Path = Field(
        Path(".wanpu"), description="Folder for the SQLite file, the generated master key and local files."
    )
    host: str = Field("127.0.0.1", description="Address that the mall listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port of the mall.")
    sandbox_port: int = Field(8100, ge=0, le=65535, description="Port of the provider sandbox.")
    workers: int = Field(
        1, ge=1, le=64, description="Processes that answer requests; more than 1 needs a server."
    )
    public_url: str = Field(
        "", description="How browsers and payment providers reach the mall. Default: http://127.0.0.1:{port}."
    )
    trusted_proxies: list[str] = Field(
        default_factory=list,
        description="Addresses and networks of reverse proxies in front of the mall, as a JSON list. Their "
        "X-Forwarded-For and X-Forwarded-Proto are believed, nobody else's. Without it every caller behind a "
        "proxy has the proxy's address, for limits and for the addresses that accounts allow.",
    )
    sandbox_url: str = Field(
        "",
        description="How the mall reaches the provider sandbox. Default: http://127.0.0.1:{sandbox_port} "
        "in development; production refuses it.",
    )
    database_url: str = Field(
        "",
        repr=False,
        description="SQLAlchemy URL: sqlite+aiosqlite, mysql+asyncmy, mariadb+asyncmy or postgresql+asyncpg. "
        "Default: a SQLite file in the data folder.",
    )
    database_pool_size: int = Field(10, ge=1, le=200, description="Connections kept per process and pool.")
    redis_url: str | None = Field(
        None, repr=False, description="Redis for the cache and for locks; unset keeps both inside."
    )
    redis_prefix: str = Field("wanpu:", description="What every Redis key of this mall starts with.")
    rabbitmq_url: str | None = Field(
        None, repr=False, description="RabbitMQ for events; unset delivers them inside the process."
    )
    rabbitmq_prefix: str = Field(
        "wanpu", description="What every exchange and queue of this mall starts with."
    )
    master_key: SecretStr | None = Field(
        None,
        description="Encrypts secrets at rest; at least 32 random characters. With SQLite it is made on "
        "first start and kept in the data folder; a server needs it set.",
    )
    retired_master_keys: list[SecretStr] = Field(
        default_factory=list,
        description="Earlier master keys, as a JSON list: they open old secrets, seal none.",
    )
    admin_password: SecretStr | None = Field(
        None, description="First password of the account `admin`; only read at the first start."
    )
    demo_password: SecretStr | None = Field(
        None, description="Password of the demo accounts; only read when demo data is loaded."
    )
    captcha_fixed: str | None = Field(
        None, description="A captcha text that always passes, for tests; development only."
    )
    order_pay_minutes: int = Field(30, ge=2, le=1440, description="Minutes an order waits for its payment.")
    member_token_days: int = Field(30, ge=1, le=365, description="Days a shopper stays signed in.")
    login_rate_per_minute: int = Field(
        60, ge=1, description="Sign-in tries per account and address a minute."
    )
    captcha_rate_per_minute: int = Field(
        120, ge=1, description="Captchas that one address may ask for and answer a minute."
    )
    staff_lock_after: int = Field(
        5, ge=3, le=100, description="Wrong passwords or codes in a row that lock a back-office account."
    )
    staff_lock_minutes: int = Field(15, ge=1, le=1440, description="Minutes such an account stays locked.")
    staff_session_hours: int = Field(
        12, ge=1, le=720, description="Hours after which a back-office session that is not used ends."
    )
    staff_session_max_hours: int = Field(
        168, ge=1, le=8760, description="Hours after which a back-office session ends even when it is used."
    )
    body_limit_bytes: int = Field(1024 * 1024, ge=1024, description="Largest request body in bytes.")
    upload_limit_bytes: int = Field(
        20 * 1024 * 1024, ge=1024, le=256 * 1024 * 1024, description="Largest uploaded file in bytes."
    )
    export_max_rows: int = Field(
        100_000, ge=1, le=1_000_000, description="Rows that one export of a list may have."
    )
    export_days: int = Field(7, ge=1, le=365, description="Days that exports and their files are kept.")
    private_hosts: list[str] = Field(
        default_factory=list,
        description="Hosts of private networks that the mall may call although a console names them, "
        "as a JSON list: an object storage of your own, say. Production refuses all others.",
    )
    lane_queue_size: int = Field(
        2000, ge=1, description="Orders that may wait for the next commit before new ones get 503."
    )
    due_work_concurrency: int = Field(
        8, ge=1, le=64, description="Pieces of due work a process runs at once."
    )
    job_concurrency: int = Field(4, ge=1, le=64, description="Scheduled jobs a process runs at once.")
    job_check_in_s: int = Field(
        15,
        ge=2,
        le=300,
        description="Seconds between two signs of life of a scheduler; two missed ones and "
        "others run its jobs.",
    )
    job_misfire_s: int = Field(
        60,
        ge=1,
        le=86_400,
        description="Seconds a scheduled job may be late before its misfire policy decides.",
    )
    job_log_days: int = Field(30, ge=1, le=3650, description="Days that logs of scheduled jobs are kept.")
    delivered_event_days: int = Field(
        7,
        ge=1,
        le=365,
        description="Days that delivered events are kept; that they were taken, twice as long.",
    )
    idempotency_key_days: int = Field(
        400,
        ge=90,
        le=3650,
        description="Days that a repeated create still gets its first answer. Must outlive "
        "every order and refund.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least level that is logged."
    )
    log_format: Literal["console", "json"] = Field(
        "console", description="Log lines for people or for machines."
    )
    traces: Literal["off", "console", "otlp"] = Field(
        "off",
        description="Where spans of requests and of what they cause go: nowhere, the terminal, a collector.",
    )
    otlp_endpoint: str = Field(
        "http://127.0.0.1:4318", description="OpenTelemetry collector (OTLP over HTTP) for WANPU_TRACES=otlp."
    )
    slow_statement_ms: int = Field(
        200, ge=1, description="SQL statements that take at least this long are counted for the SQL monitor."
    )
    sql_debug: bool = Field(False, description="Log every SQL statement with its values masked.")

    @model_validator(mode="after")
    def _fill_addresses(self) -> Self:
        derived = {
            "public_url": f"http://127.0.0.1:{self.port}",
            "sandbox_url": f"http://127.0.0.1:{self.sandbox_port}" if self.env == "development" else "",
            "database_url": f"sqlite+aiosqlite:///{self.data_dir.resolve() / 'wanpu.sqlite3'}",
        }
        for name, value in derived.items():
            if not getattr(self, name):
                object.__setattr__(self, name, value)
        return self

    @property
    def is_embedded(self) -> bool:
        """Whether the database is the SQLite file, so that this one process is the whole mall."""
        return self.database_url.startswith("sqlite")

    def problems(self) -> list[str]:
        """Everything that forbids a start, as sentences that name the variable; empty when sound."""
        found = [*self._address_problems()]
        if self.workers > 1 and self.is_embedded:
            found.append("WANPU_WORKERS: several processes need a server; SQLite serves one process")
        if not all(map(_is_network, self.trusted_proxies)):
            found.append("WANPU_TRUSTED_PROXIES: one is neither an address nor a network")
        if self.staff_session_max_hours < self.staff_session_hours:
            found.append("WANPU_STAFF_SESSION_MAX_HOURS: less than WANPU_STAFF_SESSION_HOURS")
        if self.master_key is None and not self.is_embedded:
            found.append("WANPU_MASTER_KEY: missing; a database server needs it set")
        if self.master_key is not None:
            found += _secret_problems("WANPU_MASTER_KEY", self.master_key, MIN_SECRET_LENGTH)
        if any(len(key.get_secret_value()) < MIN_SECRET_LENGTH for key in self.retired_master_keys):
            found.append(f"WANPU_RETIRED_MASTER_KEYS: one is shorter than {MIN_SECRET_LENGTH} characters")
        if self.env == "production":
            found += self._production_problems()
        return found

    def require_sound(self) -> None:
        """Refuse to start with incomplete or unsafe settings.

        Raises:
            SettingsRefused: with the whole list of problems.
        """
        if problems := self.problems():
            raise SettingsRefused(problems)

    def _address_problems(self) -> Iterator[str]:
        for name in ("public_url", "sandbox_url", "otlp_endpoint"):
            value = getattr(self, name)
            if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
                yield f"WANPU_{name.upper()}: not an http or https address: {value}"
        try:
            driver = make_url(self.database_url).drivername
        except ArgumentError:
            yield "WANPU_DATABASE_URL: not a database address"
        else:
            known = ("sqlite+aiosqlite", "mysql+asyncmy", "mariadb+asyncmy", "postgresql+asyncpg")
            if driver not in known:
                yield f"WANPU_DATABASE_URL: {driver} is not one of {', '.join(known)}"
        if self.redis_url and urlsplit(self.redis_url).scheme not in ("redis", "rediss", "unix"):
            yield "WANPU_REDIS_URL: must start with redis://, rediss:// or unix://"
        if self.rabbitmq_url and urlsplit(self.rabbitmq_url).scheme not in ("amqp", "amqps"):
            yield "WANPU_RABBITMQ_URL: must start with amqp:// or amqps://"

    def _production_problems(self) -> Iterator[str]:
        if self.captcha_fixed is not None:
            yield "WANPU_CAPTCHA_FIXED: works in development only"
        if self.sandbox_url:
            yield "WANPU_SANDBOX_URL: the provider sandbox has no place in production"
        if self.demo_password is not None:
            yield "WANPU_DEMO_PASSWORD: demo accounts have no place in production"
        if self.sql_debug:
            yield "WANPU_SQL_DEBUG: statements of real members must not be logged"
        public = urlsplit(self.public_url)
        if public.scheme != "https" or public.hostname in _LOOPBACK_HOSTS:
            yield "WANPU_PUBLIC_URL: must be the public https address of the mall"
        if self.admin_password is not None:
            yield from _secret_problems("WANPU_ADMIN_PASSWORD", self.admin_password, MIN_PASSWORD_LENGTH)
        for name in ("database_url", "redis_url", "rabbitmq_url"):
            if _has_sample_password(getattr(self, name)):
                yield f"WANPU_{name.upper()}: the password is a sample"


def _is_network(text: str) -> bool:
    """A network of every address would believe anybody, so it is none."""
    try:
        return ip_network(text).prefixlen > 0
    except ValueError:
        return False


def _has_sample_password(address: str | None) -> bool:
    """An address without any password is left to the server's own rules, such as a socket's owner."""
    try:
        password = make_url(address).password if address else None
    except ArgumentError:
        return False  # The address itself is a problem of its own.
    return password is not None and password.lower() in _SAMPLE_PASSWORDS


def _secret_problems(name: str, secret: SecretStr, least: int) -> Iterator[str]:
    text = secret.get_secret_value()
    if len(text) < least:
        yield f"{name}: shorter than {least} characters"
    elif len(set(text)) < 8:
        yield f"{name}: too few different characters"
    elif any(word in text.lower() for word in _SAMPLE_WORDS):
        yield f"{name}: looks like a sample"


def ensure_master_key(settings: Settings) -> str:
    """The master key: the one that is set, else the one kept in the data folder, made when absent.

    Raises:
        SettingsRefused: a database server needs the key set.
    """
    if settings.master_key is not None:
        return settings.master_key.get_secret_value()
    if not settings.is_embedded:
        raise SettingsRefused(["WANPU_MASTER_KEY: missing; a database server needs it set"])
    path = settings.data_dir / "master.key"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        key = secrets.token_urlsafe(32)
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key
