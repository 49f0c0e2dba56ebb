/** Triggers: what a form holds while somebody chooses one, and what the mall takes. */

import type { components } from "@api-client/schema";

import { beijingTime } from "@domain/time";

import { inLanguage, listed } from "@/text";

import { t } from "./words";

export type Job = components["schemas"]["JobOut"];
export type JobSpec = components["schemas"]["JobSpec"];
export type Trigger = JobSpec["trigger"];
export type TriggerKind = NonNullable<Trigger["kind"]>;

export const KINDS = ["cron", "interval", "daily", "calendar", "once"] as const satisfies readonly TriggerKind[];
export const STEPS = ["second", "minute", "hour", "day"] as const;
export type Step = (typeof STEPS)[number];
export const UNITS = ["day", "week", "month", "year"] as const;
export type Unit = (typeof UNITS)[number];
/** As Quartz counts them: 1 is Sunday. Shown from Monday on. */
export const WEEKDAYS = [2, 3, 4, 5, 6, 7, 1] as const;

const STEP_S: Readonly<Record<Step, number>> = { second: 1, minute: 60, hour: 3600, day: 86_400 };

/** A length of time as people say it. */
export interface Span {
  count: number;
  step: Step;
}

/** The fields of every kind at once, so that looking at another kind loses nothing. */
export interface TriggerDraft {
  kind: TriggerKind;
  expression: string;
  interval: Span;
  repeatCount: number | null;
  onceAt: string | null;
  every: number;
  unit: Unit;
  timeOfDay: string;
  dailyEvery: Span;
  since: string;
  until: string;
  weekdays: number[];
}

export function emptyDraft(): TriggerDraft {
  return {
    kind: "cron",
    expression: "0 0 3 * * ?",
    interval: { count: 10, step: "minute" },
    repeatCount: null,
    onceAt: null,
    every: 1,
    unit: "day",
    timeOfDay: "03:00:00",
    dailyEvery: { count: 30, step: "minute" },
    since: "09:00:00",
    until: "18:00:00",
    weekdays: [...WEEKDAYS],
  };
}

/** `5400` → 90 minutes: the largest step that leaves nothing over. */
export function spanOf(seconds: number): Span {
  const step = [...STEPS].reverse().find((one) => seconds % STEP_S[one] === 0) ?? "second";
  return { count: seconds / STEP_S[step], step };
}

export function secondsOf(span: Span): number {
  return span.count * STEP_S[span.step];
}

/** What a form shows for a trigger that the mall keeps. */
export function draftOf(stored: Readonly<Record<string, unknown>>): TriggerDraft {
  const draft = emptyDraft();
  const trigger = stored as unknown as Trigger;
  switch (trigger.kind) {
    case "cron":
      return { ...draft, kind: "cron", expression: trigger.expression };
    case "interval":
      return { ...draft, kind: "interval", interval: spanOf(trigger.every_s), repeatCount: trigger.repeat_count ?? null };
    case "once":
      return { ...draft, kind: "once", onceAt: trigger.at };
    case "calendar":
      return { ...draft, kind: "calendar", every: trigger.every, unit: trigger.unit, timeOfDay: trigger.at };
    case "daily":
      return {
        ...draft,
        kind: "daily",
        dailyEvery: spanOf(trigger.every_s),
        since: trigger.since,
        until: trigger.until,
        weekdays: [...trigger.weekdays],
      };
    default:
      return draft;
  }
}

/** `9:00` and `09:00` become `09:00:00`, as clocks of browsers leave seconds out. */
function wholeTime(text: string): string {
  return text.length === 5 ? `${text}:00` : text;
}

/** What the mall is told. */
export function triggerOf(draft: TriggerDraft): Trigger {
  switch (draft.kind) {
    case "cron":
      return { kind: "cron", expression: draft.expression.trim() };
    case "interval":
      return { kind: "interval", every_s: secondsOf(draft.interval), repeat_count: draft.repeatCount };
    case "once":
      return { kind: "once", at: draft.onceAt ?? "" };
    case "calendar":
      return { kind: "calendar", every: draft.every, unit: draft.unit, at: wholeTime(draft.timeOfDay) };
    case "daily":
      return {
        kind: "daily",
        every_s: secondsOf(draft.dailyEvery),
        since: wholeTime(draft.since),
        until: wholeTime(draft.until),
        weekdays: [...draft.weekdays].sort(),
      };
  }
}

/** What is missing before the mall can be asked; empty when nothing is. */
export function missingIn(draft: TriggerDraft): string {
  switch (draft.kind) {
    case "cron":
      return draft.expression.trim() ? "" : t("needExpression");
    case "once":
      return draft.onceAt ? "" : t("needMoment");
    case "calendar":
      return draft.timeOfDay ? "" : t("needTime");
    case "daily":
      if (!draft.since || !draft.until) {
        return t("needTime");
      }
      if (draft.weekdays.length === 0) {
        return t("needWeekday");
      }
      return wholeTime(draft.until) < wholeTime(draft.since) ? t("needForward") : "";
    case "interval":
      return "";
  }
}

function spanText(seconds: number): string {
  const { count, step } = spanOf(seconds);
  return count === 1 ? t(`one_${step}`) : t(`many_${step}`, { count });
}

/** With a capital at its beginning. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function clockText(text: string): string {
  return text.endsWith(":00") && text.length === 8 ? text.slice(0, 5) : text;
}

/** A trigger in words, in the reader's language. Cron expressions are put into words by the mall. */
export function triggerText(job: Pick<Job, "trigger" | "words">): string {
  if (job.words) {
    return sentence(inLanguage(job.words.zh, job.words.en));
  }
  const trigger = job.trigger as unknown as Trigger;
  switch (trigger.kind) {
    case "interval":
      return sentence(
        typeof trigger.repeat_count === "number"
          ? t("intervalTimes", { span: spanText(trigger.every_s), count: trigger.repeat_count + 1 })
          : spanText(trigger.every_s),
      );
    case "once":
      return t("onceText", { at: beijingTime(trigger.at) });
    case "calendar":
      return trigger.every === 1
        ? t("calendarOne", { unit: t(`unit_${trigger.unit}`), at: clockText(trigger.at) })
        : t("calendarMany", { count: trigger.every, unit: t(`units_${trigger.unit}`), at: clockText(trigger.at) });
    case "daily":
      return t("dailyText", {
        days: daysText(trigger.weekdays),
        since: clockText(trigger.since),
        until: clockText(trigger.until),
        span: spanText(trigger.every_s),
      });
    default:
      return JSON.stringify(job.trigger);
  }
}

function daysText(weekdays: readonly number[]): string {
  if (weekdays.length === 7) {
    return t("everyDay");
  }
  return listed(WEEKDAYS.filter((day) => weekdays.includes(day)).map((day) => t(`day_${day}`)));
}
