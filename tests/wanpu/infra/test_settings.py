"""Rules of `infra/settings.py`: read once, typed, and refused as a whole when unsafe."""

import stat
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from wanpu.infra.settings import Settings, SettingsRefused, ensure_master_key

STRONG = "kq3V9xw0cJbY7mZr2TfLhN8uPdGaE5sX"


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch):
    import os

    for name in list(os.environ):
        if name.startswith("WANPU_"):
            monkeypatch.delenv(name)


def settings(**values):
    return Settings(_env_file=None, **values)


def production(**changes):
    sound = {
        "env": "production",
        "public_url": "https://mall.example.cn",
        "database_url": "postgresql+asyncpg://wanpu:Gk2x9Qm4@db:5432/wanpu",
        "master_key": SecretStr(STRONG),
    }
    return settings(**(sound | changes))


def variables(found: list[str]) -> list[str]:
    return sorted(problem.partition(":")[0] for problem in found)


def test_the_defaults_are_a_sound_embedded_mall():
    found = settings()

    assert found.problems() == []
    assert found.is_embedded
    assert found.public_url == "http://127.0.0.1:8000"
    assert found.sandbox_url == "http://127.0.0.1:8100"
    assert found.database_url == f"sqlite+aiosqlite:///{Path('.wanpu').resolve()}/wanpu.sqlite3"


def test_variables_are_read_with_their_prefix_and_empty_ones_are_unset(monkeypatch):
    monkeypatch.setenv("WANPU_PORT", "9000")
    monkeypatch.setenv("WANPU_ORDER_PAY_MINUTES", "5")
    monkeypatch.setenv("WANPU_REDIS_URL", "")
    monkeypatch.setenv("PORT", "1")

    found = settings()

    assert (found.port, found.order_pay_minutes, found.redis_url) == (9000, 5, None)
    assert found.public_url == "http://127.0.0.1:9000"


def test_an_env_file_is_read_and_variables_win_over_it(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("WANPU_PORT=9000\nWANPU_LOG_LEVEL=debug\n")
    monkeypatch.setenv("WANPU_PORT", "9001")
    monkeypatch.chdir(tmp_path)

    found = Settings()

    assert (found.port, found.log_level) == (9001, "debug")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", 70000),
        ("env", "staging"),
        ("order_pay_minutes", 0),
        ("body_limit_bytes", 10),
        ("log_level", "loud"),
        ("workers", 0),
        ("database_pool_size", 0),
        ("staff_lock_after", 0),
        ("staff_lock_minutes", 0),
        ("staff_session_hours", 0),
    ],
)
def test_a_value_out_of_its_range_is_refused(name, value):
    with pytest.raises(ValidationError):
        settings(**{name: value})


def test_settings_cannot_be_changed_after_they_were_read():
    with pytest.raises(ValidationError):
        settings().port = 1


def test_secrets_are_not_printed():
    shown = repr(
        settings(
            master_key=SecretStr(STRONG),
            admin_password=SecretStr("Gk2x9Qm4Gk2x"),
            database_url="postgresql+asyncpg://wanpu:Gk2x9Qm4@db/wanpu",
            redis_url="redis://:Gk2x9Qm4@cache",
            rabbitmq_url="amqp://wanpu:Gk2x9Qm4@broker",
        )
    )

    assert STRONG not in shown
    assert "Gk2x9Qm4" not in shown


def test_sound_production_settings_have_no_problem():
    assert production().problems() == []
    production().require_sound()


@pytest.mark.requirement("S2-056")
def test_every_problem_is_told_at_once():
    wrong = settings(
        env="production",
        public_url="http://127.0.0.1:8000",
        sandbox_url="http://127.0.0.1:8100",
        captcha_fixed="1234",
        demo_password=SecretStr("demo"),
        admin_password=SecretStr("admin"),
        sql_debug=True,
        workers=4,
        master_key=SecretStr("short"),
    )

    assert variables(wrong.problems()) == [
        "WANPU_ADMIN_PASSWORD",
        "WANPU_CAPTCHA_FIXED",
        "WANPU_DEMO_PASSWORD",
        "WANPU_MASTER_KEY",
        "WANPU_PUBLIC_URL",
        "WANPU_SANDBOX_URL",
        "WANPU_SQL_DEBUG",
        "WANPU_WORKERS",
    ]
    with pytest.raises(SettingsRefused) as refused:
        wrong.require_sound()
    assert refused.value.problems == wrong.problems()
    assert all(problem in str(refused.value) for problem in wrong.problems())


@pytest.mark.parametrize(
    ("name", "value", "variable"),
    [
        ("captcha_fixed", "1234", "WANPU_CAPTCHA_FIXED"),
        ("sandbox_url", "http://127.0.0.1:8100", "WANPU_SANDBOX_URL"),
        ("demo_password", SecretStr("Gk2x9Qm4Gk2x9"), "WANPU_DEMO_PASSWORD"),
        ("sql_debug", True, "WANPU_SQL_DEBUG"),
        ("public_url", "http://mall.example.cn", "WANPU_PUBLIC_URL"),
        ("public_url", "https://localhost", "WANPU_PUBLIC_URL"),
        ("public_url", "mall.example.cn", "WANPU_PUBLIC_URL"),
        ("admin_password", SecretStr("short"), "WANPU_ADMIN_PASSWORD"),
        ("admin_password", SecretStr("my-password-is-1"), "WANPU_ADMIN_PASSWORD"),
        ("database_url", "postgresql+asyncpg://wanpu:postgres@db/wanpu", "WANPU_DATABASE_URL"),
        ("redis_url", "redis://:redis@cache", "WANPU_REDIS_URL"),
        ("rabbitmq_url", "amqp://guest:guest@broker", "WANPU_RABBITMQ_URL"),
        ("retired_master_keys", [SecretStr("short")], "WANPU_RETIRED_MASTER_KEYS"),
        ("master_key", SecretStr("x" * 40), "WANPU_MASTER_KEY"),
        ("master_key", SecretStr("changeme-changeme-changeme-changeme"), "WANPU_MASTER_KEY"),
        ("master_key", SecretStr(STRONG[:31]), "WANPU_MASTER_KEY"),
        ("master_key", None, "WANPU_MASTER_KEY"),
    ],
)
def test_production_refuses_each_of_these(name, value, variable):
    assert set(variables(production(**{name: value}).problems())) == {variable}


@pytest.mark.parametrize(
    ("name", "value", "variable"),
    [
        ("database_url", "mysql://root@db/wanpu", "WANPU_DATABASE_URL"),
        ("database_url", "not an address", "WANPU_DATABASE_URL"),
        ("redis_url", "http://cache", "WANPU_REDIS_URL"),
        ("rabbitmq_url", "redis://broker", "WANPU_RABBITMQ_URL"),
        ("public_url", "ftp://mall", "WANPU_PUBLIC_URL"),
        ("otlp_endpoint", "collector:4318", "WANPU_OTLP_ENDPOINT"),
        ("workers", 2, "WANPU_WORKERS"),
        ("trusted_proxies", ["*"], "WANPU_TRUSTED_PROXIES"),
        ("trusted_proxies", ["10.0.0.1", "0.0.0.0/0"], "WANPU_TRUSTED_PROXIES"),
        ("trusted_proxies", ["::/0"], "WANPU_TRUSTED_PROXIES"),
    ],
)
def test_an_address_that_cannot_work_is_refused_everywhere(name, value, variable):
    assert variable in variables(settings(**{name: value}).problems())


def test_a_session_may_not_be_unused_for_longer_than_it_lasts():
    assert variables(settings(staff_session_hours=24, staff_session_max_hours=23).problems()) == [
        "WANPU_STAFF_SESSION_MAX_HOURS"
    ]
    assert settings(staff_session_hours=24, staff_session_max_hours=24).problems() == []


def test_a_server_needs_the_master_key_set():
    served = settings(database_url="mariadb+asyncmy://wanpu:x@db/wanpu")

    assert variables(served.problems()) == ["WANPU_MASTER_KEY"]
    with pytest.raises(SettingsRefused):
        ensure_master_key(served)


def test_the_embedded_shape_makes_a_master_key_once_that_only_its_owner_reads(tmp_path):
    embedded = settings(data_dir=tmp_path / "new" / "folder")

    first, second = ensure_master_key(embedded), ensure_master_key(embedded)

    path = tmp_path / "new" / "folder" / "master.key"
    assert first == second == path.read_text()
    assert len(first) == 43
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ensure_master_key(settings(data_dir=tmp_path / "other")) != first


def test_a_key_that_is_set_is_used_and_none_is_written(tmp_path):
    assert ensure_master_key(settings(data_dir=tmp_path, master_key=SecretStr(STRONG))) == STRONG
    assert list(tmp_path.iterdir()) == []


def test_every_setting_says_what_it_is():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
