import { describe, expect, it } from "vitest";

import { lastDays } from "./days";
import { signInReader } from "./sign-ins";
import { toDosOf } from "./to-do";

const NIGHT = new Date("2026-11-24T16:30:00Z");
const EVENING = new Date("2026-11-24T15:30:00Z");

describe("the last days", () => {
  it("are Beijing's, today at the end, without a gap between them", () => {
    expect(lastDays(NIGHT, 2)).toEqual([
      { day: "2026-11-24", since: "2026-11-23T16:00:00Z", until: "2026-11-24T16:00:00Z" },
      { day: "2026-11-25", since: "2026-11-24T16:00:00Z", until: "2026-11-25T16:00:00Z" },
    ]);
    expect(lastDays(EVENING, 1).map((day) => day.day)).toEqual(["2026-11-24"]);
  });
});

describe("counters", () => {
  it("are those that the account may see", () => {
    const held = new Set(["sys:approval:list", "sys:schedule:log"]);

    const shown = toDosOf((permission) => held.has(permission), EVENING);

    expect(shown.map((toDo) => [toDo.key, toDo.menu, toDo.query])).toEqual([
      ["approvals", "sys/approval", { status: "pending" }],
      ["failedJobs", "job/log", { status: "1", since: "2026-11-23T16:00:00Z" }],
    ]);
    expect(toDosOf(() => false, EVENING)).toEqual([]);
  });
});

/** Counts what it was asked for, from 1. */
function counter() {
  const asked: string[] = [];
  return { asked, count: async (event: string, day: { day: string }) => asked.push(`${day.day} ${event}`) };
}

describe("sign-ins", () => {
  it("of days that are over are asked for once, those of today every time", async () => {
    const { asked, count } = counter();
    const read = signInReader(2);

    const first = await read(EVENING, count);
    asked.splice(0);
    const second = await read(EVENING, count);

    expect(asked).toEqual(["2026-11-24 signed_in", "2026-11-24 refused"]);
    expect(second[0]).toEqual(first[0]);
    expect(first.map((day) => [day.day, day.counts])).toEqual([
      ["2026-11-23", { signed_in: 1, refused: 2 }],
      ["2026-11-24", { signed_in: 3, refused: 4 }],
    ]);
  });

  it("of a day are read once more after its midnight, when it is complete", async () => {
    const { asked, count } = counter();
    const read = signInReader(2);
    await read(EVENING, count);
    asked.splice(0);

    await read(NIGHT, count);

    expect(asked).toContain("2026-11-24 refused");
    asked.splice(0);
    await read(NIGHT, count);
    expect(asked).toEqual(["2026-11-25 signed_in", "2026-11-25 refused"]);
  });
});
