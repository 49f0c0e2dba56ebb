/** What waits for somebody: counters, each for whoever may see what it counts. */

import type { Tone } from "@/blocks/show/status-tag.vue";
import { type Api, answerOf } from "@/request";

import { lastDays } from "./days";

export interface ToDo {
  key: "approvals" | "deadLetters" | "overdueWork" | "failedJobs";
  permission: string;
  /** The menu and filters of the list of exactly what is counted. */
  menu: string;
  query: Readonly<Record<string, string>>;
  tone: Tone;
  count(client: Api): Promise<number>;
}

/** Every counter there is, in the order that they are shown. `now` says which day today is. */
export function toDosAt(now: Date): ToDo[] {
  const since = lastDays(now, 1).map((day) => day.since).join();
  return [
    {
      key: "approvals",
      permission: "sys:approval:list",
      menu: "sys/approval",
      query: { status: "pending" },
      tone: "warn",
      count: async (client) => (await answerOf(client.GET("/platform/v1/approvals", { params: { query: { status: "pending", size: 1 } } }))).total,
    },
    {
      key: "deadLetters",
      permission: "sys:dead-letter:list",
      menu: "sys/dead-letter",
      query: { is_open: "true" },
      tone: "bad",
      count: async (client) => (await answerOf(client.GET("/platform/v1/dead-letters", { params: { query: { is_open: true, size: 1 } } }))).total,
    },
    {
      key: "overdueWork",
      permission: "sys:health:list",
      menu: "sys/health",
      query: {},
      tone: "warn",
      count: async (client) => (await answerOf(client.GET("/platform/v1/health"))).overdue_work,
    },
    {
      key: "failedJobs",
      permission: "sys:schedule:log",
      menu: "job/log",
      query: { status: "1", since },
      tone: "bad",
      count: async (client) => (await answerOf(client.GET("/platform/v1/job-logs", { params: { query: { status: 1, since, size: 1 } } }))).total,
    },
  ];
}

/** Those of somebody's permissions. */
export function toDosOf(may: (permission: string) => boolean, now: Date): ToDo[] {
  return toDosAt(now).filter((toDo) => may(toDo.permission));
}
