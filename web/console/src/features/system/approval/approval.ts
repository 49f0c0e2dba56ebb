/** An approval as its screen reads it: its words, its history, and what the reader may do to it. */

import type { components } from "@api-client/schema";

import type { Tone } from "@/blocks/show/status-tag.vue";
import type { TimeLineEvent } from "@/blocks/show/time-line.vue";
import { inLanguage } from "@/text";

import { t } from "./words";

export type Approval = components["schemas"]["ApprovalOut"];

export const STATUSES = ["pending", "approved", "done", "failed", "refused", "withdrawn", "expired"] as const;
export type Status = (typeof STATUSES)[number];

const TONES: Readonly<Record<Status, Tone>> = {
  pending: "warn",
  approved: "calm",
  done: "good",
  failed: "bad",
  refused: "plain",
  withdrawn: "plain",
  expired: "plain",
};

function known(status: string): Status | undefined {
  return STATUSES.find((one) => one === status);
}

/** A status that this console does not know yet is shown as it came. */
export function statusText(status: string): string {
  const one = known(status);
  return one ? t(`st_${one}`) : status;
}

export function statusTone(status: string): Tone {
  const one = known(status);
  return one ? TONES[one] : "plain";
}

export function actionTitle(approval: Approval): string {
  return inLanguage(approval.action_title_zh, approval.action_title_en);
}

/** What happened so far, oldest first. */
export function history(approval: Approval): TimeLineEvent[] {
  const asked = { at: approval.created_at, title: t("requestedEvent", { name: approval.requested_by_name ?? approval.requested_by }), more: approval.reason };
  const decider = { name: approval.decided_by_name ?? approval.decided_by ?? "" };
  const decided: TimeLineEvent[] = approval.decided_at
    ? [
        {
          at: approval.decided_at,
          title: approval.status === "refused" ? t("refusedEvent", decider) : t("approvedEvent", decider),
          more: approval.comment,
          tone: approval.status === "refused" ? "bad" : "calm",
        },
      ]
    : [];
  const expired: TimeLineEvent[] = approval.status === "expired" ? [{ at: approval.expires_at, title: t("expiredEvent") }] : [];
  const done: TimeLineEvent[] = approval.done_at
    ? [
        {
          at: approval.done_at,
          title: approval.status === "failed" ? t("failedEvent") : t("doneEvent"),
          more: approval.error,
          tone: approval.status === "failed" ? "bad" : "good",
        },
      ]
    : [];
  return [asked, ...decided, ...expired, ...done];
}

export interface Reader {
  userId: string;
  may: (permission: string) => boolean;
}

export interface Ways {
  mayDecide: boolean;
  mayWithdraw: boolean;
  mayRetry: boolean;
  /** Why a reader who decides on others cannot decide on this one; empty when there is nothing to explain. */
  obstacle: string;
}

/** What this reader can do to it now. The mall decides; this only spares dead ends. */
export function waysOf(approval: Approval, reader: Reader): Ways {
  const isOwn = approval.requested_by === reader.userId;
  const isDecider = reader.may("sys:approval:decide");
  const hasPermission = reader.may(approval.permission);
  const isPending = approval.status === "pending";
  return {
    mayDecide: isPending && isDecider && hasPermission && !isOwn,
    mayWithdraw: isPending && isOwn,
    mayRetry: approval.status === "failed" && isDecider && hasPermission,
    obstacle: obstacleOf(isPending && isDecider, isOwn, hasPermission, approval.permission),
  };
}

function obstacleOf(isAsked: boolean, isOwn: boolean, hasPermission: boolean, permission: string): string {
  if (!isAsked) {
    return "";
  }
  if (isOwn) {
    return t("ownRequest");
  }
  return hasPermission ? "" : t("lacksPermission", { permission });
}
