/** Between an instant and what a `datetime-local` field holds: Beijing's wall clock, whatever the device's zone. */

import { beijingTime } from "@domain/time";

/** `2026-11-22T15:00:00Z` → `2026-11-22T23:00`. */
export function toField(instant: string | null): string {
  return instant === null ? "" : beijingTime(instant).slice(0, 16).replace(" ", "T");
}

/** `2026-11-22T23:00` → `2026-11-22T15:00:00Z`; null for an empty or half-filled field. */
export function fromField(field: string): string | null {
  const time = Date.parse(`${field}:00+08:00`);
  return Number.isNaN(time) ? null : `${new Date(time).toISOString().slice(0, 19)}Z`;
}
