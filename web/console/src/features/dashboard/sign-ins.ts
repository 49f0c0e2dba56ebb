/** How often people signed in, and were refused, on each of the last days. */

import { type Day, lastDays } from "./days";

export const EVENTS = ["signed_in", "refused"] as const;
export type SignInEvent = (typeof EVENTS)[number];

export interface SignInDay extends Day {
  counts: Readonly<Record<SignInEvent, number>>;
}

/** Counts the rows of one event on one day. */
export type CountSignIns = (event: SignInEvent, day: Day) => Promise<number>;

/** Reads the last days. A day that is over keeps its counts, so later readings ask for today alone. */
export function signInReader(days: number): (now: Date, count: CountSignIns) => Promise<SignInDay[]> {
  const past = new Map<string, SignInDay>();

  async function read(day: Day, isOver: boolean, count: CountSignIns): Promise<SignInDay> {
    const known = past.get(day.day);
    if (known) {
      return known;
    }
    const [signed_in, refused] = await Promise.all(EVENTS.map((event) => count(event, day)));
    const found = { ...day, counts: { signed_in: signed_in ?? 0, refused: refused ?? 0 } };
    if (isOver) {
      past.set(day.day, found);
    }
    return found;
  }

  return (now, count) => Promise.all(lastDays(now, days).map((day, index) => read(day, index < days - 1, count)));
}
