"""Where uploads go (云存储配置): the seed's setting groups, and the place that each of them names.

Field names in JSON are the seed's: `aliyunBucketName`. Access keys are no settings: they are sealed secrets.
"""

import re
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from wanpu.infra.storage.targets import BucketTarget

_HOST = re.compile(r"(https?://)?[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?(:[0-9]{1,5})?/?")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")
_COS_DOMAIN = re.compile(r"\.cos\.([a-z0-9-]+)\.myqcloud\.com")
_OSS_REGION = re.compile(r"(?:^|//|\.)(oss-[a-z0-9-]+)\.")


class StorageKind(IntEnum):
    """The seed's `type`, with 0 for a folder of this machine and 4 for any S3 server."""

    LOCAL = 0
    QINIU = 1
    ALIYUN = 2
    QCLOUD = 3
    S3 = 4

    @property
    def word(self) -> str:
        """What `sys_oss.storage` holds."""
        return self.name.lower()


STORAGE_SECRETS: Mapping[str, tuple[str, str]] = {
    "qiniuAccessKey": ("七牛 AccessKey", "Qiniu AccessKey"),
    "qiniuSecretKey": ("七牛 SecretKey", "Qiniu SecretKey"),
    "aliyunAccessKeyId": ("阿里云 AccessKeyId", "Alibaba Cloud AccessKey ID"),
    "aliyunAccessKeySecret": ("阿里云 AccessKeySecret", "Alibaba Cloud AccessKey secret"),
    "qcloudSecretId": ("腾讯云 SecretId", "Tencent Cloud SecretId"),
    "qcloudSecretKey": ("腾讯云 SecretKey", "Tencent Cloud SecretKey"),
    "s3AccessKey": ("S3 访问密钥", "S3 access key"),
    "s3SecretKey": ("S3 私有密钥", "S3 secret key"),
}
"""What opens the buckets: names, with their titles in Chinese and English."""

KEY_PAIRS: Mapping[StorageKind, tuple[str, str]] = {
    StorageKind.QINIU: ("qiniuAccessKey", "qiniuSecretKey"),
    StorageKind.ALIYUN: ("aliyunAccessKeyId", "aliyunAccessKeySecret"),
    StorageKind.QCLOUD: ("qcloudSecretId", "qcloudSecretKey"),
    StorageKind.S3: ("s3AccessKey", "s3SecretKey"),
}
"""The two secrets that each kind of bucket is opened with."""


def _matching(pattern: re.Pattern[str], zh: str, en: str) -> AfterValidator:
    def check(value: str) -> str:
        if value and not pattern.fullmatch(value):
            raise PydanticCustomError("storage_text", en, {"zh": zh})
        return value

    return AfterValidator(check)


Host = Annotated[str, _matching(_HOST, "须为域名或 http(s) 地址", "must be a host or an http(s) address")]
Bucket = Annotated[str, _matching(_BUCKET, "不是合法的空间名", "must be a bucket's name")]
Prefix = Annotated[
    str, Field(max_length=100), _matching(_PREFIX, "路径前缀不合法", "must be a path of words")
]
Region = Annotated[str, _matching(re.compile(r"[a-z0-9-]{1,40}"), "区域不合法", "must be a region's name")]


class StorageSettings(BaseModel):
    """Where new files go. `domain` is how browsers reach the bucket; empty: by its own address."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, strict=True, extra="forbid", frozen=True
    )

    type: Annotated[int, Field(ge=0, le=4)] = int(StorageKind.LOCAL)
    qiniu_domain: Host = ""
    qiniu_prefix: Prefix = ""
    qiniu_bucket_name: Bucket = ""
    qiniu_region: Region = "cn-east-1"
    qiniu_end_point: Host = ""
    aliyun_domain: Host = ""
    aliyun_prefix: Prefix = ""
    aliyun_end_point: Host = ""
    aliyun_bucket_name: Bucket = ""
    qcloud_domain: Host = ""
    qcloud_prefix: Prefix = ""
    qcloud_bucket_name: Bucket = ""
    qcloud_region: Region = ""
    qcloud_end_point: Host = ""
    s3_domain: Host = ""
    s3_prefix: Prefix = ""
    s3_bucket_name: Bucket = ""
    s3_region: Region = "us-east-1"
    s3_end_point: Host = ""
    s3_path_style: bool = True

    @model_validator(mode="after")
    def _require_chosen_group(self) -> Self:
        """The kind that is chosen must be filled in; the others may wait."""
        if self.kind is not StorageKind.LOCAL and not (self.bucket(self.kind) and self.endpoint(self.kind)):
            raise PydanticCustomError(
                "storage_incomplete",
                "the chosen storage lacks its bucket, or its region or end point",
                {"zh": "所选存储缺少空间名、区域或 EndPoint"},
            )
        return self

    @property
    def kind(self) -> StorageKind:
        """The storage that new files go to."""
        return StorageKind(self.type)

    def bucket(self, kind: StorageKind) -> str:
        """The bucket that new files of a kind go to; empty for this machine."""
        return self._of(kind, "bucket_name")

    def prefix(self, kind: StorageKind) -> str:
        """What keys of a kind begin with; empty for this machine."""
        return self._of(kind, "prefix")

    def endpoint(self, kind: StorageKind) -> str:
        """The address of a cloud, without the bucket; empty when nothing names it."""
        given = self._of(kind, "end_point")
        region = self.region(kind)
        if not given and kind is StorageKind.QINIU:
            given = f"s3.{region}.qiniucs.com"
        if not given and kind is StorageKind.QCLOUD and region:
            given = f"cos.{region}.myqcloud.com"
        return _with_scheme(given)

    def region(self, kind: StorageKind) -> str:
        """What requests to a cloud are signed for."""
        if kind is StorageKind.ALIYUN:
            found = _OSS_REGION.search(self.aliyun_end_point)
            return found[1] if found else "oss"
        region = self._of(kind, "region")
        if kind is StorageKind.QCLOUD and not region:
            found = _COS_DOMAIN.search(f".{self.qcloud_domain}")
            return found[1] if found else ""
        return region

    def target(self, kind: StorageKind, bucket: str, access_key: str, secret_key: str) -> BucketTarget:
        """A bucket of a cloud, opened with its keys. OSS and COS take the bucket in the host alone."""
        return BucketTarget(
            endpoint=self.endpoint(kind),
            region=self.region(kind) or "auto",
            bucket=bucket,
            access_key=access_key,
            secret_key=secret_key,
            is_virtual_host=kind in (StorageKind.ALIYUN, StorageKind.QCLOUD)
            or (kind is StorageKind.S3 and not self.s3_path_style),
        )

    def public_base(self, target: BucketTarget, kind: StorageKind) -> str:
        """What a browser puts before a key to find its object."""
        if domain := _with_scheme(self._of(kind, "domain")):
            return domain
        return target.address if target.is_virtual_host else f"{target.address}/{target.bucket}"

    def addresses(self) -> Sequence[str]:
        """What the mall would call with these settings."""
        return [self.endpoint(kind) for kind in self._configured()]

    def public_bases(self) -> list[str]:
        """What a browser puts before a key, for every configured bucket."""
        kinds = self._configured()
        return [self.public_base(self.target(kind, self.bucket(kind), "", ""), kind) for kind in kinds]

    def picture_origins(self) -> list[str]:
        """Scheme and host of every configured bucket's public files."""
        found = set()
        for base in self.public_bases():
            scheme, _, rest = base.partition("://")
            found.add(f"{scheme}://{rest.partition('/')[0]}")
        return sorted(found)

    def _configured(self) -> Sequence[StorageKind]:
        return [kind for kind in KEY_PAIRS if self.bucket(kind) and self.endpoint(kind)]

    def _of(self, kind: StorageKind, name: str) -> str:
        return "" if kind is StorageKind.LOCAL else str(getattr(self, f"{kind.word}_{name}", ""))


def _with_scheme(host: str) -> str:
    if not host:
        return ""
    return (host if "://" in host else f"https://{host}").rstrip("/")
