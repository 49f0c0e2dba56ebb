/** Days of Beijing time as the mall's filters take them. */

import { beijingTime } from "@domain/time";

const DAY_MS = 24 * 3_600_000;

/** From `since` on, up to and without `until`; both ISO 8601 UTC. */
export interface Day {
  /** `2026-11-24`. */
  day: string;
  since: string;
  until: string;
}

function iso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** The last `count` days in Beijing, today at the end. */
export function lastDays(now: Date, count: number): Day[] {
  const today = beijingTime(now.toISOString()).slice(0, 10);
  const midnight = Date.parse(`${today}T00:00:00+08:00`);
  return Array.from({ length: count }, (_, index) => {
    const start = midnight - (count - 1 - index) * DAY_MS;
    return { day: beijingTime(iso(start)).slice(0, 10), since: iso(start), until: iso(start + DAY_MS) };
  });
}
