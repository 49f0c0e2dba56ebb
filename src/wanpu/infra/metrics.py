"""What the process counts and measures, in the Prometheus format at `/metrics`."""

from prometheus_client import Counter, Gauge, Histogram

HTTP_REQUESTS = Counter(
    "wanpu_http_requests", "Requests by method, route template and status", ["method", "route", "status"]
)
HTTP_SECONDS = Histogram(
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
CACHE_READS = Counter("wanpu_cache_reads", "Cache reads by result: hit, early, miss, away", ["result"])
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
