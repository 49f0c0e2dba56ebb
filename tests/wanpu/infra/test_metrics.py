"""Our own counters say at `/metrics` what the library's would say."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest

from wanpu.infra.metrics import Durations, Tally

BUCKETS = (0.002, 0.5, 1, 10)


@pytest.fixture
def name() -> Iterator[str]:
    name = f"wanpu_test_{uuid4().hex}"
    before = set(REGISTRY._collector_to_names)
    yield name
    for collector in set(REGISTRY._collector_to_names) - before:
        REGISTRY.unregister(collector)


def samples(registry: CollectorRegistry, name: str) -> set[str]:
    lines = generate_latest(registry).decode().splitlines()
    return {line for line in lines if name in line and "_created" not in line}


def test_a_tally_is_shown_like_a_counter(name: str) -> None:
    theirs = CollectorRegistry()
    counter = Counter(name, "How many", ["route", "status"], registry=theirs)
    tally = Tally(name, "How many", ["route", "status"])
    for route, status, times in (("/a", 200, 3), ("/a", 404, 1), ('/"b"\n', 200, 2)):
        counter.labels(route, status).inc(times)
        tally.labels(route, status).value += times
    tally.labels("/a", "200").value += 1
    counter.labels("/a", "200").inc()

    assert samples(REGISTRY, name) == samples(theirs, name)


def test_durations_are_shown_like_a_histogram(name: str) -> None:
    theirs = CollectorRegistry()
    histogram = Histogram(name, "How long", ["route"], buckets=BUCKETS, registry=theirs)
    durations = Durations(name, "How long", ["route"], buckets=BUCKETS)
    for route in ("/a", "/b"):
        for took_s in (0, 0.001, 0.002, 0.0021, 0.5, 0.75, 10, 10.5):
            histogram.labels(route).observe(took_s)
            durations.labels(route).observe(took_s)

    assert samples(REGISTRY, name) == samples(theirs, name)
    assert f'{name}_bucket{{le="0.002",route="/a"}} 3.0' in samples(REGISTRY, name)
