"""The job scheduler (定时任务): cron and other triggers, fired by one node each, recorded, recovered."""
