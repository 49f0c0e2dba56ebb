import { describe, expect, it } from "vitest";

import { lastDays } from "./days";
import { topReasons } from "./sign-ins";
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

const dayOf = (...failures_by_reason: { reason: string; count: number }[]) => ({
  day_cn: "2026-11-24",
  since: "2026-11-23T16:00:00Z",
  until: "2026-11-24T16:00:00Z",
  successes: 0,
  failures: 0,
  failures_by_reason,
});

describe("refusals", () => {
  it("are summed by reason over all days, the most frequent first", () => {
    const days = [
      dayOf({ reason: "auth.wrong_credentials", count: 2 }, { reason: "staff.locked", count: 1 }),
      dayOf({ reason: "auth.captcha_wrong", count: 4 }, { reason: "auth.wrong_credentials", count: 3 }),
    ];

    expect(topReasons(days, 2)).toEqual([
      { reason: "auth.wrong_credentials", count: 5 },
      { reason: "auth.captcha_wrong", count: 4 },
    ]);
    expect(topReasons([dayOf()], 2)).toEqual([]);
  });
});
