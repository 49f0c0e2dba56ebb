import { describe, expect, it } from "vitest";

import { type Approval, type Reader, history, statusText, waysOf } from "./approval";

function approval(changes: Partial<Approval> = {}): Approval {
  return {
    approval_id: "9",
    action: "secret.change",
    action_title_zh: "修改密钥",
    action_title_en: "Change a secret",
    permission: "sys:secret:update",
    subject: "secret:SMS_KEY",
    shown: {},
    status: "pending",
    reason: "new provider",
    requested_by: "2",
    requested_by_name: "lin",
    created_at: "2026-11-24T08:00:00Z",
    expires_at: "2026-11-27T08:00:00Z",
    decided_by: null,
    decided_by_name: null,
    decided_at: null,
    comment: "",
    done_at: null,
    error: "",
    ...changes,
  };
}

function reader(userId: string, ...permissions: string[]): Reader {
  return { userId, may: (permission) => permissions.includes(permission) };
}

const DECIDER = reader("1", "sys:approval:decide", "sys:secret:update");

describe("what a reader may do", () => {
  it("is to decide on what another asked for, with the action's own permission", () => {
    expect(waysOf(approval(), DECIDER)).toEqual({ mayDecide: true, mayWithdraw: false, mayRetry: false, obstacle: "" });
  });

  it("is never to decide on one's own request, only to withdraw it", () => {
    const own = waysOf(approval({ requested_by: "1" }), DECIDER);

    expect([own.mayDecide, own.mayWithdraw]).toEqual([false, true]);
    expect(own.obstacle).toBe("This is your own request: somebody else decides.");
  });

  it("is told where the action's permission is what lacks", () => {
    const ways = waysOf(approval(), reader("1", "sys:approval:decide"));

    expect(ways.mayDecide).toBe(false);
    expect(ways.obstacle).toBe("Deciding on it takes the permission sys:secret:update, which your account lacks.");
  });

  it("is to carry out again what failed, and nothing once it is done", () => {
    expect(waysOf(approval({ status: "failed" }), DECIDER)).toMatchObject({ mayDecide: false, mayRetry: true });
    expect(waysOf(approval({ status: "done" }), DECIDER)).toMatchObject({ mayDecide: false, mayRetry: false });
  });
});

describe("its history", () => {
  it("tells who asked, who decided and how it ended", () => {
    const failed = approval({
      status: "failed",
      decided_by_name: "admin",
      decided_at: "2026-11-24T09:00:00Z",
      done_at: "2026-11-24T09:00:01Z",
      error: "the vault is away",
    });

    expect(history(failed).map(({ title, more }) => [title, more])).toEqual([
      ["lin asked", "new provider"],
      ["admin agreed", ""],
      ["It failed", "the vault is away"],
    ]);
  });

  it("shows a status of a newer mall as it came", () => {
    expect(statusText("escalated")).toBe("escalated");
  });
});
