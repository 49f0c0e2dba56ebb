"""Settings that code reads: each has a key, a shape that every value must fit, and defaults.

Any other key in `sys_config` is free text for operators.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from wanpu.infra.http.field_problems import problem_text
from wanpu.system.errors import ConfigValueInvalid
from wanpu.system.storage_settings import STORAGE_SECRETS, StorageSettings

M = TypeVar("M", bound=BaseModel)


def _calls_nobody(_value: Any) -> Sequence[str]:
    return ()


class ApprovalPolicy(BaseModel):
    """What takes a second pair of eyes although it moves no money."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, strict=True, extra="forbid", frozen=True
    )

    secret_change: bool = False


@dataclass(frozen=True)
class ConfigKey(Generic[M]):
    """One setting. `model` has a default for every field: that is the value while no row stands.

    `secrets` are the names, within this key, of what belongs to it and is kept sealed, with their titles in
    Chinese and English; `addresses` gives the addresses of a value that the mall would call.
    """

    name: str
    model: type[M]
    title_zh: str
    title_en: str
    is_hidden: bool = False
    secrets: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    addresses: Callable[[M], Sequence[str]] = _calls_nobody

    def read(self, text: str) -> M:
        """The value that a row holds, or is about to.

        Raises:
            ConfigValueInvalid: it is not JSON of the key's shape.
        """
        try:
            return self.model.model_validate_json(text)
        except ValidationError as error:
            problems = [
                {
                    "field": ".".join(map(str, one["loc"])) or "param_value",
                    "problem": problem_text(one, "en"),
                    "problem_zh": problem_text(one, "zh"),
                }
                for one in error.errors(include_url=False, include_input=False)
            ]
            raise ConfigValueInvalid(self.name, details={"fields": problems}) from error

    def default_text(self) -> str:
        """The defaults as a row would hold them."""
        return self.model().model_dump_json(by_alias=True)

    def secret_name(self, name: str) -> str:
        """The full name of one of its secrets."""
        return f"{self.name}/{name}"


STORAGE = ConfigKey(
    "CLOUD_STORAGE_CONFIG_KEY",
    StorageSettings,
    "云存储配置信息",
    "File storage",
    is_hidden=True,
    secrets=STORAGE_SECRETS,
    addresses=StorageSettings.addresses,
)

APPROVALS = ConfigKey("APPROVAL_POLICY", ApprovalPolicy, "四眼审批", "Four eyes")

SYSTEM_KEYS: tuple[ConfigKey[Any], ...] = (STORAGE, APPROVALS)
"""The settings of the operations base."""
