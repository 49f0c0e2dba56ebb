/** How the mall is doing, as the page reads it. */

import type { components } from "@api-client/schema";
import { beijingTime } from "@domain/time";

import type { Tone } from "@/blocks/show/status-tag.vue";

import { t } from "./words";

export type Health = components["schemas"]["HealthOut"];
export type Node = components["schemas"]["NodeOut"];

export type NodeState = "alive" | "late" | "lost";

/** Missed check-ins after which a node counts as late, though no other has found it lost. */
const MISSED = 3;

export function nodeState(node: Node, now: string): NodeState {
  if (node.lost_at !== null) {
    return "lost";
  }
  const silentMs = Date.parse(now) - Date.parse(node.last_check_in);
  return silentMs > MISSED * node.check_in_s * 1000 ? "late" : "alive";
}

export const NODE_TONES: Readonly<Record<NodeState, Tone>> = { alive: "good", late: "warn", lost: "bad" };

const PARTS = ["database", "cache", "loops", "broker"] as const;

/** A part of a newer mall is shown under its own name. */
export function partTitle(name: string): string {
  const known = PARTS.find((part) => part === name);
  return known ? t(`part_${known}`) : name;
}

/** One number of the backlog; `menu` and `query` say where its rows are listed, if they are. */
export interface Waiting {
  key: "pending_approvals" | "open_dead_letters" | "overdue_work" | "pending_events" | "running_jobs" | "slow_statements";
  count: number;
  tone: Tone;
  note?: string;
  menu?: string;
  query?: string;
}

export function backlogOf(health: Health): Waiting[] {
  const oldest = health.oldest_overdue_at;
  return [
    { key: "pending_approvals", count: health.pending_approvals, tone: "warn", menu: "sys/approval", query: "status=pending" },
    { key: "open_dead_letters", count: health.open_dead_letters, tone: "bad", menu: "sys/dead-letter", query: "is_open=true" },
    {
      key: "overdue_work",
      count: health.overdue_work,
      tone: "warn",
      note: oldest === null ? undefined : t("overdueSince", { at: beijingTime(oldest) }),
    },
    { key: "pending_events", count: health.pending_events, tone: "calm" },
    { key: "running_jobs", count: health.running_jobs, tone: "calm", menu: "job/schedule" },
    { key: "slow_statements", count: health.slow_statements, tone: "warn", menu: "sys/sql" },
  ];
}

/** The address of the rows behind a number; none where they are not listed or may not be seen. */
export function addressOf(waiting: Pick<Waiting, "menu" | "query">, mayOpen: (menu: string) => boolean): string | undefined {
  if (waiting.menu === undefined || !mayOpen(waiting.menu)) {
    return undefined;
  }
  return waiting.query === undefined ? `/${waiting.menu}` : `/${waiting.menu}?${waiting.query}`;
}
