"""The seed's setting groups, and the places that they name."""

import json

import pytest

from wanpu.system.config_keys import STORAGE
from wanpu.system.errors import ConfigValueInvalid
from wanpu.system.storage_settings import STORAGE_SECRETS, StorageKind, StorageSettings

SEED_FIELDS = {
    "aliyunAccessKeyId",
    "aliyunAccessKeySecret",
    "aliyunBucketName",
    "aliyunDomain",
    "aliyunEndPoint",
    "aliyunPrefix",
    "qcloudBucketName",
    "qcloudDomain",
    "qcloudPrefix",
    "qcloudSecretId",
    "qcloudSecretKey",
    "qiniuAccessKey",
    "qiniuBucketName",
    "qiniuDomain",
    "qiniuPrefix",
    "qiniuSecretKey",
    "type",
}


def test_every_field_of_the_seed_is_a_setting_or_a_sealed_secret() -> None:
    settings = set(json.loads(STORAGE.default_text()))

    assert settings | set(STORAGE_SECRETS) >= SEED_FIELDS
    assert settings & set(STORAGE_SECRETS) == set()
    assert json.loads(STORAGE.default_text())["type"] == StorageKind.LOCAL


def test_the_types_are_the_seeds() -> None:
    assert [(kind.value, kind.word) for kind in StorageKind] == [
        (0, "local"),
        (1, "qiniu"),
        (2, "aliyun"),
        (3, "qcloud"),
        (4, "s3"),
    ]


def read(**fields: object) -> StorageSettings:
    return STORAGE.read(json.dumps(fields))


def test_aliyun_takes_its_end_point_and_the_bucket_in_the_host() -> None:
    settings = read(type=2, aliyunBucketName="shop", aliyunEndPoint="oss-cn-hangzhou.aliyuncs.com")

    target = settings.target(settings.kind, "shop", "k", "s")

    assert (target.address, target.region) == (
        "https://shop.oss-cn-hangzhou.aliyuncs.com",
        "oss-cn-hangzhou",
    )
    assert settings.public_base(target, settings.kind) == target.address


def test_qcloud_finds_its_region_in_the_domain_or_is_told() -> None:
    by_domain = read(
        type=3, qcloudBucketName="shop-1", qcloudDomain="https://shop-1.cos.ap-guangzhou.myqcloud.com"
    )
    told = read(type=3, qcloudBucketName="shop-1", qcloudDomain="img.shop.cn", qcloudRegion="ap-beijing")

    target = by_domain.target(by_domain.kind, "shop-1", "k", "s")
    assert (target.address, target.region) == (
        "https://shop-1.cos.ap-guangzhou.myqcloud.com",
        "ap-guangzhou",
    )
    assert told.endpoint(told.kind) == "https://cos.ap-beijing.myqcloud.com"
    assert told.public_base(target, told.kind) == "https://img.shop.cn"


def test_qiniu_needs_no_region() -> None:
    settings = read(type=1, qiniuBucketName="shop", qiniuDomain="http://cdn.shop.cn/")

    target = settings.target(settings.kind, "shop", "k", "s")

    assert (target.address, target.region) == ("https://s3.cn-east-1.qiniucs.com", "cn-east-1")
    assert settings.public_base(target, settings.kind) == "http://cdn.shop.cn"


def test_any_s3_server_is_asked_with_the_bucket_where_it_wants_it() -> None:
    path = read(type=4, s3BucketName="shop", s3EndPoint="https://minio.shop.cn:9000")
    host = read(type=4, s3BucketName="shop", s3EndPoint="https://s3.shop.cn", s3PathStyle=False)

    assert path.public_base(path.target(path.kind, "shop", "k", "s"), path.kind) == (
        "https://minio.shop.cn:9000/shop"
    )
    assert host.target(host.kind, "shop", "k", "s").address == "https://shop.s3.shop.cn"


def test_pages_learn_where_pictures_of_every_configured_bucket_lie() -> None:
    settings = read(
        type=0,
        qiniuBucketName="shop",
        qiniuDomain="http://cdn.shop.cn/",
        aliyunBucketName="shop",
        aliyunEndPoint="oss-cn-hangzhou.aliyuncs.com",
        s3BucketName="shop",
        s3EndPoint="https://minio.shop.cn:9000",
        qcloudBucketName="not-yet",
    )

    assert settings.picture_origins() == [
        "http://cdn.shop.cn",
        "https://minio.shop.cn:9000",
        "https://shop.oss-cn-hangzhou.aliyuncs.com",
    ]
    assert read(type=0).picture_origins() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"type": 5},
        {"type": -1},
        {"type": "0"},
        {"type": True},
        {"type": 1},
        {"type": 2, "aliyunBucketName": "shop"},
        {"type": 3, "qcloudBucketName": "shop", "qcloudDomain": "img.shop.cn"},
        {"type": 4, "s3BucketName": "shop"},
        {"qiniuBucketName": "Shop"},
        {"qiniuBucketName": "../shop"},
        {"qiniuPrefix": "/upload"},
        {"qiniuPrefix": "a/../b"},
        {"qiniuPrefix": "x" * 101},
        {"aliyunEndPoint": "ftp://host"},
        {"aliyunEndPoint": "https://user@host"},
        {"aliyunEndPoint": "https://host/path"},
        {"qiniuDomain": "javascript:alert(1)"},
        {"qiniuSecretKey": "x"},
        {"qiniuAccessKey": "x"},
    ],
)
def test_settings_that_name_no_place_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ConfigValueInvalid):
        read(**fields)
