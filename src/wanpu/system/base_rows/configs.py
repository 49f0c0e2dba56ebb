"""Settings that every installation has from its first start. Never a secret: those are written by people."""

from dataclasses import dataclass

from wanpu.system.config_keys import SYSTEM_KEYS
from wanpu.system.states import ConfigStatus


@dataclass(frozen=True, slots=True)
class BaseConfig:
    """The first version of one row of `sys_config`."""

    param_key: str
    param_value: str
    status: ConfigStatus
    remark: str


BASE_CONFIGS = tuple(
    BaseConfig(
        key.name,
        key.default_text(),
        ConfigStatus.HIDDEN if key.is_hidden else ConfigStatus.SHOWN,
        key.title_zh,
    )
    for key in SYSTEM_KEYS
)
