/** Sign-ins of the last days, as the mall counted them. */

import type { components } from "@api-client/schema";

export type SignInDay = components["schemas"]["LoginDayOut"];
export type Refusals = components["schemas"]["LoginReasonOut"];

/** Why people were refused over all of these days: the most frequent reasons, at most `count` of them. */
export function topReasons(days: readonly SignInDay[], count: number): Refusals[] {
  const counts = new Map<string, number>();
  for (const { reason, count: times } of days.flatMap((day) => day.failures_by_reason)) {
    counts.set(reason, (counts.get(reason) ?? 0) + times);
  }
  return [...counts]
    .map(([reason, times]) => ({ reason, count: times }))
    .sort((one, other) => other.count - one.count)
    .slice(0, count);
}
