"""What the platform console says and hears about settings and secrets."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, SecretStr
from pydantic_core import PydanticCustomError
from sqlalchemy import Row

from wanpu.infra.http.fields import Body, IdText, Out, PageOut, UtcTime
from wanpu.kernel.ids import Id
from wanpu.system.config_keys import ConfigKey
from wanpu.system.service.configs import ConfigContent
from wanpu.system.service.secrets import SecretState
from wanpu.system.states import ConfigStatus

MAX_SECRET_LENGTH = 8000

ParamKey = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,49}$")]
ParamValue = Annotated[str, Field(max_length=2000)]
Remark = Annotated[str, Field(max_length=500)]
Status = Annotated[int, Field(ge=0, le=1, description="0 hidden (not in the list), 1 shown.")]
Version = Annotated[int, Field(ge=1, le=2**31 - 2, description="The version that was read.")]


def _require_secret(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if not text.strip() or len(text) > MAX_SECRET_LENGTH:
        raise PydanticCustomError(
            "secret_length",
            "must have 1 to {max_length} characters",
            {"max_length": MAX_SECRET_LENGTH, "zh": "须为 1 至 {max_length} 个字符"},
        )
    return value


class ConfigCreate(Body):
    """A new setting. A key that code reads takes only values of its shape."""

    param_key: ParamKey
    param_value: ParamValue
    status: Status = 1
    remark: Remark = ""

    def content(self) -> ConfigContent:
        """What is written."""
        return ConfigContent(self.param_value, ConfigStatus(self.status), self.remark)


class ConfigChange(Body):
    """The next version of a setting."""

    version: Version
    param_value: ParamValue
    status: Status
    remark: Remark

    def content(self) -> ConfigContent:
        """What is written."""
        return ConfigContent(self.param_value, ConfigStatus(self.status), self.remark)


class ConfigRollback(Body):
    """Which version's content becomes the next one, and which version the caller has read."""

    version: Annotated[int, Field(ge=1, le=2**31 - 2, description="The version to go back to.")]
    current_version: Version


class ConfigOut(Out):
    """One setting. `is_registered`: code reads it."""

    config_id: IdText
    param_key: str
    param_value: str
    status: int
    status_name: str
    remark: str
    version: int
    is_registered: bool
    created_at: UtcTime
    updated_at: UtcTime

    @classmethod
    def of(cls, row: Row[Any], keys: Any) -> "ConfigOut":
        """A row of `sys_config`."""
        return cls(
            config_id=row.id,
            param_key=row.param_key,
            param_value=row.param_value,
            status=int(row.status),
            status_name=row.status.name.lower(),
            remark=row.remark,
            version=row.version,
            is_registered=row.param_key in keys,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


class ConfigList(PageOut[ConfigOut]):
    """One page of settings."""


class ConfigVersionOut(Out):
    """What a setting was in one version. `changed_by` is null for what came with the installation, its name
    for an account that is gone as well."""

    config_id: IdText
    version: int
    param_key: str
    param_value: str
    status: int
    remark: str
    change: str
    changed_by: IdText | None
    changed_by_name: str | None
    changed_at: UtcTime

    @classmethod
    def of(cls, row: Row[Any]) -> "ConfigVersionOut":
        """A row of `config_history`."""
        return cls(
            config_id=row.config_id,
            version=row.version,
            param_key=row.param_key,
            param_value=row.param_value,
            status=int(row.status),
            remark=row.remark,
            change=row.change.value,
            changed_by=row.changed_by,
            changed_by_name=row.changed_by_name,
            changed_at=row.created_at,
        )


class ConfigVersionList(PageOut[ConfigVersionOut]):
    """One page of versions, newest first."""


class ConfigKeyOut(Out):
    """A setting that code reads: its shape, its defaults, its secrets, and its row if there is one."""

    param_key: str
    title_zh: str
    title_en: str
    config_id: IdText | None
    default_value: str
    value_schema: dict[str, Any]
    secrets: list[str]

    @classmethod
    def of(cls, key: ConfigKey[Any], config_id: Id | None) -> "ConfigKeyOut":
        """A registered key."""
        return cls(
            param_key=key.name,
            title_zh=key.title_zh,
            title_en=key.title_en,
            config_id=config_id,
            default_value=key.default_text(),
            value_schema=key.model.model_json_schema(by_alias=True),
            secrets=[key.secret_name(name) for name in key.secrets],
        )


class ConfigKeyList(Out):
    """Every setting that code reads."""

    items: list[ConfigKeyOut]


class SecretChange(Body):
    """A new value. It is shown nowhere afterwards."""

    secret: Annotated[SecretStr, AfterValidator(_require_secret)]
    reason: Annotated[str, Field(max_length=500)] = ""


class SecretOut(Out):
    """What may be known of a secret. `version` 0: it is not set."""

    name: str
    title_zh: str
    title_en: str
    is_set: bool
    version: int
    changed_by: IdText | None
    changed_by_name: str | None
    changed_at: UtcTime | None

    @classmethod
    def of(cls, state: SecretState) -> "SecretOut":
        """The state of one secret."""
        return cls(
            name=state.name,
            title_zh=state.title_zh,
            title_en=state.title_en,
            is_set=state.is_set,
            version=state.version,
            changed_by=state.changed_by,
            changed_by_name=state.changed_by_name,
            changed_at=state.changed_at,
        )


class SecretList(Out):
    """Every secret that the mall asks for."""

    items: list[SecretOut]


class SecretChangeOut(Out):
    """What became of a change: `approval_id` is set when it waits for a second pair of eyes."""

    name: str
    status: str
    approval_id: IdText | None
