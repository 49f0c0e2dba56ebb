"""Settings that every installation has from its first start. Never a secret: those are written by people."""

import json
from dataclasses import dataclass

from wanpu.system.states import ConfigStatus


@dataclass(frozen=True, slots=True)
class BaseConfig:
    """The first version of one row of `sys_config`."""

    param_key: str
    param_value: str
    status: ConfigStatus
    remark: str


CLOUD_STORAGE_CONFIG_KEY = "CLOUD_STORAGE_CONFIG_KEY"

_CLOUD_STORAGE = {
    "type": 0,
    "qiniuDomain": "",
    "qiniuPrefix": "",
    "qiniuBucketName": "",
    "aliyunDomain": "",
    "aliyunPrefix": "",
    "aliyunEndPoint": "",
    "aliyunBucketName": "",
    "qcloudDomain": "",
    "qcloudPrefix": "",
    "qcloudBucketName": "",
}

BASE_CONFIGS = (
    BaseConfig(
        CLOUD_STORAGE_CONFIG_KEY,
        json.dumps(_CLOUD_STORAGE),
        ConfigStatus.HIDDEN,
        "云存储配置信息",
    ),
)
