"""What the scheduler counts and measures, in the Prometheus format at `/metrics`."""

from prometheus_client import Counter, Gauge, Histogram

JOB_RUNS = Counter(
    "wanpu_job_runs", "Runs of jobs by result: done, failed, timed_out, lost, handed_back", ["job", "result"]
)
JOB_SECONDS = Histogram(
    "wanpu_job_seconds",
    "Seconds that a run of a job took",
    ["job"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600),
)
JOB_LAG = Gauge("wanpu_job_lag_seconds", "How late the last job began, measured by the database's clock")
JOB_MISFIRES = Counter(
    "wanpu_job_misfires", "Moments that nobody fired in time, by policy", ["job", "policy"]
)
JOB_RECOVERIES = Counter(
    "wanpu_job_recoveries", "Runs whose node fell silent, by what became of them", ["job", "result"]
)
JOBS_RUNNING = Gauge("wanpu_jobs_running", "Jobs that this process runs at the moment")
JOB_NODES_LOST = Counter("wanpu_job_nodes_lost", "Scheduler nodes that fell silent")
