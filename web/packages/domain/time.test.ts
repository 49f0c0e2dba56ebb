import { describe, expect, it } from "vitest";

import { beijingTime, countdownText, secondsUntil } from "./time";

describe("time", () => {
  it("shows Beijing time, across the day's end", () => {
    expect(beijingTime("2026-11-22T15:00:00Z")).toBe("2026-11-22 23:00:00");
    expect(beijingTime("2026-12-31T16:00:01Z")).toBe("2027-01-01 00:00:01");
  });

  it("accepts fractions of a second and explicit offsets", () => {
    expect(beijingTime("2026-11-22T15:00:00.999Z")).toBe("2026-11-22 23:00:00");
    expect(beijingTime("2026-11-22T15:00:00+08:00")).toBe("2026-11-22 15:00:00");
  });

  it("refuses text that is no time", () => {
    expect(() => beijingTime("soon")).toThrow(RangeError);
  });

  it("counts a started second as a whole one, and never below zero", () => {
    const deadline = "2026-11-22T15:00:00Z";
    expect(secondsUntil(deadline, Date.parse("2026-11-22T14:59:58.500Z"))).toBe(2);
    expect(secondsUntil(deadline, Date.parse("2026-11-22T15:00:00Z"))).toBe(0);
    expect(secondsUntil(deadline, Date.parse("2026-11-22T16:00:00Z"))).toBe(0);
  });

  it("shows hours only when there are any", () => {
    expect(countdownText(0)).toBe("00:00");
    expect(countdownText(1799)).toBe("29:59");
    expect(countdownText(3661)).toBe("1:01:01");
  });
});
