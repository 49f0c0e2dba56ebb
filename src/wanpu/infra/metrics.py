"""What the process counts and measures, in the Prometheus format at `/metrics`."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from prometheus_client import REGISTRY, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString


class Count:
    """One number of a `Tally`; add to `value`."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0


class Tally(Collector):
    """A counter for the paths where the library's own, with its locks, costs more than what it counts.

    Only code of the event loop adds, so an addition is enough.
    """

    def __init__(self, name: str, documentation: str, labels: Sequence[str]) -> None:
        self._named = name, documentation, None, labels
        self._counts: dict[tuple[str, ...], Count] = {}
        REGISTRY.register(self)

    def labels(self, *values: object) -> Count:
        """The number under these label values; keep it where it is added to often."""
        return self._counts.setdefault(tuple(map(str, values)), Count())

    def describe(self) -> Iterable[Metric]:
        return [CounterMetricFamily(*self._named)]

    def collect(self) -> Iterable[Metric]:
        family = CounterMetricFamily(*self._named)
        for values, count in list(self._counts.items()):
            family.add_metric(values, count.value)
        return [family]


class Spread:
    """How often each length of time was seen, and their sum."""

    __slots__ = ("_bounds", "seen", "total_s")

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self.seen = [0] * (len(bounds) + 1)
        self.total_s = 0.0

    def observe(self, took_s: float) -> None:
        """Enter one length of time, in seconds."""
        self.seen[bisect_left(self._bounds, took_s)] += 1
        self.total_s += took_s


class Durations(Collector):
    """A histogram of seconds for the same paths as `Tally`."""

    def __init__(
        self, name: str, documentation: str, labels: Sequence[str], *, buckets: Sequence[float]
    ) -> None:
        self._named = name, documentation, None, None, labels
        self._bounds = buckets
        self._names = [*map(floatToGoString, buckets), "+Inf"]
        self._spreads: dict[tuple[str, ...], Spread] = {}
        REGISTRY.register(self)

    def labels(self, *values: object) -> Spread:
        """The lengths of time under these label values."""
        return self._spreads.setdefault(tuple(map(str, values)), Spread(self._bounds))

    def describe(self) -> Iterable[Metric]:
        return [HistogramMetricFamily(*self._named)]

    def collect(self) -> Iterable[Metric]:
        family = HistogramMetricFamily(*self._named)
        for values, spread in list(self._spreads.items()):
            below, buckets = 0, []
            for name, seen in zip(self._names, spread.seen, strict=True):
                below += seen
                buckets.append((name, below))
            family.add_metric(values, buckets, spread.total_s)
        return [family]


HTTP_REQUESTS = Tally(
    "wanpu_http_requests", "Requests by method, route template and status", ["method", "route", "status"]
)
HTTP_SECONDS = Durations(
    "wanpu_http_request_seconds",
    "Seconds until a request was answered",
    ["method", "route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
OUTBOX_PENDING = Gauge("wanpu_outbox_pending", "Events that wait for delivery")
OUTBOX_DELIVERIES = Counter(
    "wanpu_outbox_deliveries", "Events handed on, by event and result", ["event", "result"]
)
DEAD_LETTERS = Counter("wanpu_dead_letters", "Events that a handler refused too often", ["event"])
DUE_WORK_LAG = Gauge("wanpu_due_work_lag_seconds", "How long the oldest due work has been waiting")
DUE_WORK_RUNS = Counter("wanpu_due_work_runs", "Pieces of due work by kind and result", ["kind", "result"])
LANE_BATCH = Histogram(
    "wanpu_lane_batch_size",
    "Commands committed together",
    ["lane"],
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
)
LANE_REFUSED = Counter("wanpu_lane_refused", "Commands refused because the lane was full", ["lane"])
CACHE_READS = Tally("wanpu_cache_reads", "Cache reads by result: hit, early, miss, away", ["result"])
NOTIFICATIONS = Counter(
    "wanpu_notifications", "Notifications of payment channels by result", ["channel", "result"]
)
CHANNEL_CALLS = Counter(
    "wanpu_channel_calls",
    "Calls to payment channels by operation and result",
    ["channel", "operation", "result"],
)
MONEY_EXCEPTIONS = Counter(
    "wanpu_money_exceptions", "Cases opened about money that no order could take, by kind", ["kind"]
)
