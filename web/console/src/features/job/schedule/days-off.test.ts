import { describe, expect, it } from "vitest";

import { setLanguage } from "@/text";

import { calendarProblems, calendarValues, daysOffOf, emptyCalendar } from "./days-off";

describe("holiday calendars", () => {
  it("takes days one a line, each once, in order", () => {
    const values = { ...emptyCalendar(), name: "cn", dates: "2026-10-02\n2026-10-01\n\n2026-10-02", weekdays: [7, 1], workdays: " 2026-10-10 " };
    expect(daysOffOf(values)).toEqual({
      zone: "Asia/Shanghai",
      dates: ["2026-10-01", "2026-10-02"],
      yearly: [],
      weekdays: [1, 7],
      workdays: ["2026-10-10"],
    });
  });

  it("gives a stored calendar back as it was", () => {
    const days = { zone: "UTC", dates: ["2026-01-01"], yearly: ["02-29"], weekdays: [1], workdays: [] };
    const stored = { name: "cn", days, remark: "", updated_at: "2026-11-22T15:00:00Z" };
    expect(daysOffOf(calendarValues(stored))).toEqual(days);
  });

  it("points at the line that is no date", () => {
    setLanguage("en");
    const values = { ...emptyCalendar(), name: "cn", dates: "2026-10-01\n2026-02-30", yearly: "13-01" };
    expect(calendarProblems(values)).toEqual({
      dates: "Line 2, “2026-02-30”, is no date",
      yearly: "Line 1, “13-01”, is no date",
    });
  });

  it("takes the 29th of February as a day of every year", () => {
    expect(calendarProblems({ ...emptyCalendar(), name: "cn", yearly: "02-29" })).toEqual({});
  });
});
