"""Configuration (参数) that operators change at run time, its history, and secrets beside it."""

from sqlalchemy import Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from wanpu.infra.columns import BigInt, IntStatus, TextStatus, code_text, long_text, name_text
from wanpu.infra.tables import Base, PrimaryId, Stamped
from wanpu.kernel.ids import Id
from wanpu.system.states import ConfigChange, ConfigStatus


class Config(Stamped, Base):
    """One value by its key. Never a secret: those are `Secret` rows."""

    __tablename__ = "sys_config"

    id: Mapped[PrimaryId]
    param_key: Mapped[str] = mapped_column(code_text(50), unique=True)
    param_value: Mapped[str] = mapped_column(name_text(2000))
    status: Mapped[ConfigStatus] = mapped_column(IntStatus(ConfigStatus), default=ConfigStatus.SHOWN)
    remark: Mapped[str] = mapped_column(name_text(500), default="")
    version: Mapped[int] = mapped_column(Integer, default=1)


class ConfigHistory(Stamped, Base):
    """What one version of a value was, and who wrote it; the newest version is the current value."""

    __tablename__ = "config_history"

    config_id: Mapped[PrimaryId]
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    param_key: Mapped[str] = mapped_column(code_text(50))
    param_value: Mapped[str] = mapped_column(name_text(2000))
    status: Mapped[ConfigStatus] = mapped_column(IntStatus(ConfigStatus))
    remark: Mapped[str] = mapped_column(name_text(500), default="")
    change: Mapped[ConfigChange] = mapped_column(TextStatus(ConfigChange))
    changed_by: Mapped[Id | None] = mapped_column(BigInt)  # NULL: written by the installation

    __table_args__ = (Index(None, "param_key"),)


class Secret(Stamped, Base):
    """A password or key that belongs to a setting: sealed, written by people, read by code alone."""

    __tablename__ = "sys_secret"

    name: Mapped[str] = mapped_column(
        code_text(100), primary_key=True
    )  # "CLOUD_STORAGE_CONFIG_KEY/qiniuSecretKey"
    sealed: Mapped[str] = mapped_column(long_text())
    version: Mapped[int] = mapped_column(Integer, default=1)
    changed_by: Mapped[Id | None] = mapped_column(BigInt)
