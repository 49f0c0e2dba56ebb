/**
 * Times arrive as ISO 8601 UTC and are shown in Beijing time, whatever the device's zone.
 *
 * China keeps UTC+8 the whole year, so a fixed offset is exact; `Intl` is not available in every
 * mini-program runtime.
 */

const BEIJING_OFFSET_MS = 8 * 3_600_000;

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

/** `2026-11-22T15:00:00Z` → `2026-11-22 23:00:00`. */
export function beijingTime(iso: string): string {
  const instant = Date.parse(iso);
  if (Number.isNaN(instant)) {
    throw new RangeError(`not an ISO 8601 time: ${iso}`);
  }
  const shifted = new Date(instant + BEIJING_OFFSET_MS);
  const day = [shifted.getUTCFullYear(), shifted.getUTCMonth() + 1, shifted.getUTCDate()].map(twoDigits);
  const clock = [shifted.getUTCHours(), shifted.getUTCMinutes(), shifted.getUTCSeconds()].map(twoDigits);
  return `${day.join("-")} ${clock.join(":")}`;
}

/** Whole seconds from `nowMs` until the deadline, rounded up; 0 once it has passed. */
export function secondsUntil(deadlineIso: string, nowMs: number): number {
  return Math.max(0, Math.ceil((Date.parse(deadlineIso) - nowMs) / 1000));
}

/** `1799` → `29:59`; `3661` → `1:01:01`. */
export function countdownText(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = twoDigits(seconds % 60);
  return hours > 0 ? `${hours}:${twoDigits(minutes)}:${rest}` : `${twoDigits(minutes)}:${rest}`;
}
