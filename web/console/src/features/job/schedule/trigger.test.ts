import { describe, expect, it } from "vitest";

import { setLanguage } from "@/text";

import { type TriggerDraft, draftOf, emptyDraft, missingIn, spanOf, triggerOf, triggerText } from "./trigger";

function draft(values: Partial<TriggerDraft>): TriggerDraft {
  return { ...emptyDraft(), ...values };
}

describe("triggers of jobs", () => {
  it("says a number of seconds in the largest step that leaves nothing over", () => {
    expect(spanOf(45)).toEqual({ count: 45, step: "second" });
    expect(spanOf(5400)).toEqual({ count: 90, step: "minute" });
    expect(spanOf(7200)).toEqual({ count: 2, step: "hour" });
    expect(spanOf(86_400)).toEqual({ count: 1, step: "day" });
  });

  it.each([
    { kind: "cron", expression: "0 0/5 * * * ?" },
    { kind: "interval", every_s: 5400, repeat_count: 3 },
    { kind: "interval", every_s: 61, repeat_count: null },
    { kind: "once", at: "2026-12-01T00:00:00Z" },
    { kind: "calendar", every: 2, unit: "month", at: "08:30:00" },
    { kind: "daily", every_s: 900, since: "09:00:00", until: "18:00:00", weekdays: [2, 3, 4] },
  ])("gives a stored $kind trigger back as it was", (stored) => {
    expect(triggerOf(draftOf(stored))).toEqual(stored);
  });

  it("adds the seconds that a browser's clock leaves out", () => {
    expect(triggerOf(draft({ kind: "calendar", timeOfDay: "07:15" }))).toMatchObject({ at: "07:15:00" });
  });

  it("keeps what another kind holds while somebody looks at it", () => {
    const once = { ...draftOf({ kind: "cron", expression: "0 0 1 * * ?" }), kind: "once" as const };
    expect(once.expression).toBe("0 0 1 * * ?");
  });

  it("tells what is missing before the mall is asked", () => {
    setLanguage("en");
    expect(missingIn(draft({ kind: "cron", expression: "  " }))).toBe("Write a cron expression");
    expect(missingIn(draft({ kind: "once" }))).toBe("Choose the moment");
    expect(missingIn(draft({ kind: "daily", weekdays: [] }))).toBe("Choose a day of the week");
    expect(missingIn(draft({ kind: "daily", since: "18:00", until: "09:00" }))).toBe("The end lies before the beginning");
    expect(missingIn(draft({ kind: "interval" }))).toBe("");
  });

  it("puts every kind into words", () => {
    const text = (trigger: Record<string, unknown>) => triggerText({ trigger, words: null });
    setLanguage("en");
    expect(text({ kind: "interval", every_s: 600, repeat_count: null })).toBe("Every 10 minutes");
    expect(text({ kind: "interval", every_s: 60, repeat_count: 2 })).toBe("Every minute, 3 times");
    expect(text({ kind: "once", at: "2026-12-01T00:00:00Z" })).toBe("Once, at 2026-12-01 08:00:00");
    expect(text({ kind: "calendar", every: 1, unit: "day", at: "03:00:00" })).toBe("Every day at 03:00");
    expect(text({ kind: "calendar", every: 3, unit: "week", at: "03:00:05" })).toBe("Every 3 weeks at 03:00:05");
    setLanguage("zh-CN");
    expect(text({ kind: "daily", every_s: 1800, since: "09:00:00", until: "18:00:00", weekdays: [1, 2] })).toBe(
      "周一、周日 09:00 至 18:00，每 30 分钟",
    );
    expect(triggerText({ trigger: { kind: "cron" }, words: { zh: "每天 03:00", en: "At 03:00 every day" } })).toBe("每天 03:00");
  });
});
