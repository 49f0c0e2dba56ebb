"""Several processes behind one port: the parent holds the socket and replaces children that die."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable

import click

MIN_LIFE_S = 5.0


def run_workers(count: int, taken: socket.socket, serve: Callable[[socket.socket], int]) -> int:
    """Fork `count` children that serve on one socket, until the parent is told to stop.

    A child that dies is replaced; one that dies within five seconds of its start ends everything, since
    its successors would die too. The exit code is 0 after a stop, 1 otherwise.
    """
    children = {_fork(taken, serve): time.monotonic() for _ in range(count)}
    stopping = False

    def stop(_number: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True
        for child in children:
            os.kill(child, signal.SIGTERM)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    failed = False
    while children:
        child, status = os.wait()
        started = children.pop(child)
        if stopping:
            continue
        click.echo(f"wanpu: process {child} ended ({os.waitstatus_to_exitcode(status)})", err=True)
        if time.monotonic() - started < MIN_LIFE_S:
            failed = True
            stop(signal.SIGTERM, None)
        else:
            children[_fork(taken, serve)] = time.monotonic()
    return 1 if failed else 0


def _fork(taken: socket.socket, serve: Callable[[socket.socket], int]) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        code = serve(taken)
    finally:
        asyncio.set_event_loop(None)
        os._exit(code)
