/** A holiday calendar as its form holds it: lists of days, one a line. */

import type { components } from "@api-client/schema";

import { t } from "./words";

export type Calendar = components["schemas"]["CalendarOut"];
export type DaysOff = components["schemas"]["DaysOff"];

/** Field names are those that the mall's refusals begin with, where it has them. */
export interface CalendarValues {
  name: string;
  remark: string;
  dates: string;
  yearly: string;
  weekdays: number[];
  workdays: string;
  zone: string;
}

export function emptyCalendar(): CalendarValues {
  return { name: "", remark: "", dates: "", yearly: "", weekdays: [], workdays: "", zone: "Asia/Shanghai" };
}

export function calendarValues(calendar: Calendar): CalendarValues {
  const { days } = calendar;
  return {
    name: calendar.name,
    remark: calendar.remark,
    dates: days.dates.join("\n"),
    yearly: days.yearly.join("\n"),
    weekdays: [...days.weekdays],
    workdays: days.workdays.join("\n"),
    zone: days.zone,
  };
}

function linesOf(text: string): string[] {
  return text
    .split(/[\s,，、;；]+/)
    .map((line) => line.trim())
    .filter(Boolean);
}

function isDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** The first line that is no date; empty when all are. */
function badLine(text: string, isGood: (line: string) => boolean): string {
  const lines = linesOf(text);
  const at = lines.findIndex((line) => !isGood(line));
  return at === -1 ? "" : t("badDate", { line: at + 1, text: lines[at] ?? "" });
}

export function calendarProblems(values: CalendarValues): Partial<Record<keyof CalendarValues, string>> {
  const found = {
    name: values.name.trim() ? "" : t("needName"),
    dates: badLine(values.dates, isDate),
    yearly: badLine(values.yearly, (line) => isDate(`2024-${line}`)),
    workdays: badLine(values.workdays, isDate),
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem));
}

/** What the mall is told: every day once, in order. */
export function daysOffOf(values: CalendarValues): DaysOff {
  const sorted = (text: string) => [...new Set(linesOf(text))].sort();
  return {
    zone: values.zone,
    dates: sorted(values.dates),
    yearly: sorted(values.yearly),
    weekdays: [...values.weekdays].sort(),
    workdays: sorted(values.workdays),
  };
}
