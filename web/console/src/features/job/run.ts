/** One run of a job as screens show it. */

import type { components } from "@api-client/schema";

import { t } from "./log/words";

export type JobLog = components["schemas"]["JobLogOut"];

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** `340` → 340 ms, `4200` → 4.2 s, `75000` → 1 min 15 s. */
export function tookText(ms: number): string {
  if (ms < SECOND_MS) {
    return t("ms", { ms });
  }
  if (ms < MINUTE_MS) {
    return t("seconds", { s: (ms / SECOND_MS).toFixed(1) });
  }
  return t("minutes", { m: Math.floor(ms / MINUTE_MS), s: Math.floor((ms % MINUTE_MS) / SECOND_MS) });
}

/** Why it ran; a cause that this console does not know yet is shown as it came. */
export function causeText(cause: string): string {
  return cause === "schedule" || cause === "by_hand" ? t(`cause_${cause}`) : cause;
}

export function isGood(run: JobLog): boolean {
  return run.status === 0;
}
