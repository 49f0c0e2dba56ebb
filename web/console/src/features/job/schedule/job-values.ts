/** What the form of a job holds, and the job that it describes. */

import { type Job, type JobSpec, type TriggerDraft, draftOf, emptyDraft, triggerOf } from "./trigger";

export const MISFIRES = ["fire_once", "skip", "catch_up"] as const satisfies readonly JobSpec["misfire"][];
export const ZONES = ["Asia/Shanghai", "UTC"] as const;

/** Field names are those of the request. */
export interface JobValues {
  bean_name: string;
  params: string;
  trigger: TriggerDraft;
  group: string;
  remark: string;
  zone: string;
  start_at: string | null;
  end_at: string | null;
  calendar_name: string | null;
  priority: number;
  misfire: JobSpec["misfire"];
  is_concurrent: boolean;
  requests_recovery: boolean;
  updates_data: boolean;
  timeout_s: number | null;
  trigger_data: unknown;
}

export function emptyJob(): JobValues {
  return {
    bean_name: "",
    params: "",
    trigger: emptyDraft(),
    group: "default",
    remark: "",
    zone: "Asia/Shanghai",
    start_at: null,
    end_at: null,
    calendar_name: null,
    priority: 5,
    misfire: "fire_once",
    is_concurrent: false,
    requests_recovery: true,
    updates_data: false,
    timeout_s: null,
    trigger_data: null,
  };
}

/** A job as its form shows it. A copy begins anew: it counts from the moment when it is saved. */
export function valuesOf(job: Job, isCopy = false): JobValues {
  return {
    bean_name: job.bean_name,
    params: job.params,
    trigger: draftOf(job.trigger),
    group: job.group,
    remark: job.remark,
    zone: job.zone,
    start_at: isCopy ? null : job.start_at,
    end_at: job.end_at,
    calendar_name: job.calendar_name,
    priority: job.priority,
    misfire: job.misfire as JobSpec["misfire"],
    is_concurrent: job.is_concurrent,
    requests_recovery: job.requests_recovery,
    updates_data: job.updates_data,
    timeout_s: job.timeout_s,
    trigger_data: job.trigger_data,
  };
}

export function specOf(values: JobValues): JobSpec {
  return { ...values, trigger: triggerOf(values.trigger), calendar_name: values.calendar_name || null };
}
