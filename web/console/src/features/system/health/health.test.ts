import { describe, expect, it } from "vitest";

import { type Health, type Node, addressOf, backlogOf, nodeState, partTitle } from "./health";

const NOW = "2026-11-24T08:00:00Z";

function node(changes: Partial<Node> = {}): Node {
  return { name: "mall-1", last_check_in: "2026-11-24T07:59:55Z", check_in_s: 5, lost_at: null, ...changes };
}

function health(changes: Partial<Health> = {}): Health {
  return {
    version: "0.1.0",
    schema_step: "0005",
    database: "sqlite",
    cache: "memory",
    events: "in-process",
    parts: [],
    pending_events: 1,
    open_dead_letters: 2,
    overdue_work: 3,
    oldest_overdue_at: "2026-11-24T07:00:00Z",
    running_jobs: 4,
    pending_approvals: 5,
    slow_statements: 6,
    at: NOW,
    ...changes,
  };
}

describe("a scheduler node", () => {
  it.each([
    ["2026-11-24T07:59:45Z", "alive"],
    ["2026-11-24T07:59:44Z", "late"],
  ])("that checked in last at %s is %s with 5 s between check-ins", (last_check_in, state) => {
    expect(nodeState(node({ last_check_in }), NOW)).toBe(state);
  });

  it("that others found lost is lost, whenever it last checked in", () => {
    expect(nodeState(node({ lost_at: NOW }), NOW)).toBe("lost");
  });
});

describe("the backlog", () => {
  it("leads to the rows that it counts, and nowhere where they may not be seen", () => {
    const all = backlogOf(health());

    expect(all.map((one) => [one.key, one.count, addressOf(one, () => true)])).toEqual([
      ["pending_approvals", 5, "/sys/approval?status=pending"],
      ["open_dead_letters", 2, "/sys/dead-letter?is_open=true"],
      ["overdue_work", 3, undefined],
      ["pending_events", 1, undefined],
      ["running_jobs", 4, "/job/schedule"],
      ["slow_statements", 6, "/sys/sql"],
    ]);
    expect(all.map((one) => addressOf(one, (menu) => menu === "sys/sql"))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      "/sys/sql",
    ]);
  });

  it("tells in Beijing time since when work is overdue, and nothing when none is", () => {
    const noteOf = (one: Health) => backlogOf(one).find((waiting) => waiting.key === "overdue_work")?.note;

    expect(noteOf(health())).toBe("The oldest was due at 2026-11-24 15:00:00");
    expect(noteOf(health({ overdue_work: 0, oldest_overdue_at: null }))).toBeUndefined();
  });

  it("shows a part of a newer mall under its own name", () => {
    expect([partTitle("cache"), partTitle("search")]).toEqual(["Cache", "search"]);
  });
});
