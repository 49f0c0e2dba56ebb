"""The places where objects can lie. Equal values are one place."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LocalTarget:
    """A folder of this machine."""

    folder: Path


@dataclass(frozen=True, slots=True)
class BucketTarget:
    """A bucket behind the S3 protocol: Aliyun OSS, Tencent COS, Qiniu Kodo, MinIO and others.

    `endpoint` has no bucket in it; clouds that want it in the host name say `is_virtual_host`.
    """

    endpoint: str  # "https://oss-cn-hangzhou.aliyuncs.com"
    region: str
    bucket: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    is_virtual_host: bool

    @property
    def address(self) -> str:
        """Where requests go: the endpoint, with the bucket before its host where the cloud wants that."""
        scheme, _, host = self.endpoint.rstrip("/").partition("://")
        return f"{scheme}://{self.bucket}.{host}" if self.is_virtual_host else f"{scheme}://{host}"


Target = LocalTarget | BucketTarget
