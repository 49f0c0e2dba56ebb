"""What the processes of tests need, imported once in the parent that they are forked from: to import the
mall takes each process two seconds, and much more while others do so too."""

import gc

from sqlalchemy.orm import configure_mappers

import wanpu.cli.servers
import wanpu.infra.broker
import wanpu.infra.due_work_runner
import wanpu.infra.jobs.scheduler
import wanpu.worker  # noqa: F401 - all of this is imported for those who come after

configure_mappers()
gc.freeze()
