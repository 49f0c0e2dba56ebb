"""The provider's side of a test: the sandbox's control, and genuine call-backs caught on the way."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.synchronize import Barrier
from queue import Queue
from typing import Any

from tests.wanpu_sandbox.running import RunningSandbox

WAIT_S = 20


@dataclass
class Provider:
    """The sandbox as a test drives it."""

    sandbox: RunningSandbox

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON answer of one control call; a refusal is answered too."""
        request = urllib.request.Request(
            f"{self.sandbox.base_url}/_sandbox{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refusal:
            return json.loads(refusal.read())

    def pay(self, code: str) -> list[str]:
        """The buyer scans the code and pays; the transactions."""
        told = self.ask("POST", "/pay", {"content": code})
        return sorted(trade["transaction_id"] for trade in told["trades"])

    def notifications(self, **fault: Any) -> None:
        """Let every call-back from now on suffer one fault; without one they go out as they should."""
        self.ask("PUT", "/faults", {"notifications": [fault] if fault else []})

    def answers(self, **fault: Any) -> None:
        """Let answers from now on suffer one fault."""
        self.ask("PUT", "/faults", {"answers": [fault], "notifications": [{"kind": "off"}]})

    def send_again(self) -> Any:
        """Send the newest call-back once more, now."""
        (newest, *_) = self.ask("GET", "/notifications?limit=1")["items"]
        return self.ask("POST", f"/notifications/{newest['id']}/send")


@dataclass
class Caught:
    """One genuine call-back as it came over the wire."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Catcher:
    """An address that catches call-backs and refuses them, so that nothing is settled yet."""

    url: str
    caught: "Queue[Caught]" = field(default_factory=Queue)

    def next(self) -> Caught:
        """The next call-back."""
        return self.caught.get(timeout=WAIT_S)


@contextmanager
def catcher() -> Iterator[Catcher]:
    """Listen on a free port while the block runs."""
    caught: Queue[Caught] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", "0"))
            caught.put(Caught(self.path, dict(self.headers.items()), self.rfile.read(length)))
            self.send_response(500)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Catcher(f"http://127.0.0.1:{server.server_address[1]}", caught)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def send_copies(urls: list[str], caught: Caught, copies: int, barrier: Barrier, results: Any) -> None:
    """Send one call-back many times at once; every process waits for all others first."""

    def send(url: str) -> None:
        answers.append(deliver(url, caught))

    answers: list[tuple[int, bytes]] = []
    threads = [threading.Thread(target=send, args=(urls[n % len(urls)],)) for n in range(copies)]
    barrier.wait(60)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    results.put(answers)


def deliver(url: str, caught: Caught) -> tuple[int, bytes]:
    """Send one call-back; status and body of the answer."""
    request = urllib.request.Request(
        url + caught.path, data=caught.body, headers=caught.headers, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read()
