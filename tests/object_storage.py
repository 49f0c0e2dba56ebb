"""A real S3 server for tests: it checks every signature, and answers for any cloud's host as a proxy.

moto as a process of its own. Asked by the clouds' host names through HTTP_PROXY it finds the bucket in the
host, as OSS, COS and Kodo do; asked by its own address it finds it in the path.
"""

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

_NOBODY = {"aws_access_key_id": "setup", "aws_secret_access_key": "setup", "region_name": "us-east-1"}
_MAY_STORE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
}
_START_S = 30


@dataclass(frozen=True)
class ObjectStorage:
    """The running server and the one account that it lets in."""

    url: str
    access_key: str
    secret_key: str

    def make_bucket(self, name: str) -> None:
        """A new, empty bucket."""
        self._client().create_bucket(Bucket=name)

    def objects(self, bucket: str) -> Mapping[str, bytes]:
        """Everything in a bucket, by key."""
        client = self._client()
        listed = client.list_objects_v2(Bucket=bucket).get("Contents", [])
        return {one["Key"]: client.get_object(Bucket=bucket, Key=one["Key"])["Body"].read() for one in listed}

    def content_type(self, bucket: str, key: str) -> str:
        """What an object is given out as."""
        return str(self._client().head_object(Bucket=bucket, Key=key)["ContentType"])

    def _client(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(proxies={}, s3={"addressing_style": "path"}),
        )


@contextlib.contextmanager
def running_object_storage(log: Path) -> Iterator[ObjectStorage]:
    """Start the server on a free port of the loopback; it stops with the block."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = shutil.which("moto_server", path=str(Path(sys.executable).parent)) or "moto_server"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [command, "-H", "127.0.0.1", "-p", str(port)], stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _await_start(process, port)
        yield _let_one_in(url)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _await_start(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert process.poll() is None, "the S3 server stopped at once"
            assert time.monotonic() < deadline, "the S3 server does not start"
            time.sleep(0.05)


def _let_one_in(url: str) -> ObjectStorage:
    """Make an account, then have the server check every signature."""
    accounts = boto3.client("iam", endpoint_url=url, config=Config(proxies={}), **_NOBODY)
    accounts.create_user(UserName="mall")
    accounts.put_user_policy(UserName="mall", PolicyName="store", PolicyDocument=json.dumps(_MAY_STORE))
    key = accounts.create_access_key(UserName="mall")["AccessKey"]
    strict = urllib.request.Request(
        f"{url}/moto-api/reset-auth", data=b"0", headers={"Content-Type": "text/plain"}
    )
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(strict, timeout=10).close()
    return ObjectStorage(url, key["AccessKeyId"], key["SecretAccessKey"])
