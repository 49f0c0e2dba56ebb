/** What is done to an account besides editing it; each asks first, and names what will end. */

import { sayDone } from "@/adapter/messages";
import { ask } from "@/blocks/ask/ask";
import { useSession } from "@/session/session";

import { isLookedAfter } from "./account-values";
import { type Staff, staffCalls } from "./calls";
import { t } from "./words";

export interface StaffAction {
  key: "reset" | "disable" | "enable" | "dropFactor" | "remove";
  isDanger: boolean;
  permission: string;
}

const HOW = {
  disable: { title: "disableTitle", text: "disableText", done: "disableDone" },
  enable: { title: "enableTitle", text: "enableText", done: "enableDone" },
  dropFactor: { title: "dropFactorTitle", text: "dropFactorText", done: "dropFactorDone" },
  remove: { title: "removeTitle", text: "removeText", done: "removeDone" },
} as const;

export function useStaffActions(resetPassword: (staff: Staff) => void) {
  const session = useSession();
  const calls = staffCalls();

  /** What the signed-in account may do to this one now. */
  function actionsFor(staff: Staff): StaffAction[] {
    if (!isLookedAfter(staff, session.me?.user_id ?? "")) {
      return [];
    }
    const { update, remove } = calls.may;
    const all: StaffAction[] = [
      { key: "reset", isDanger: false, permission: update },
      ...(staff.status === 0 || staff.locked_until ? [{ key: "enable", isDanger: false, permission: update } as const] : []),
      ...(staff.status === 0 ? [] : [{ key: "disable", isDanger: true, permission: update } as const]),
      ...(staff.has_second_factor ? [{ key: "dropFactor", isDanger: true, permission: update } as const] : []),
      { key: "remove", isDanger: true, permission: remove },
    ];
    return all.filter((action) => session.may(action.permission));
  }

  /** Ask and do it; true once it is done. Resetting a password goes on in its own form. */
  async function run(action: StaffAction, staff: Staff): Promise<boolean> {
    if (action.key === "reset") {
      resetPassword(staff);
      return false;
    }
    const call = { disable: calls.disable, enable: calls.enable, dropFactor: calls.dropSecondFactor, remove: calls.remove }[action.key];
    const how = HOW[action.key];
    const isDone = await ask({
      title: t(how.title),
      text: t(how.text),
      subject: staff.username,
      confirm: t(action.key),
      tone: action.isDanger ? "danger" : "normal",
      action: () => call(staff.user_id),
    });
    if (isDone) {
      sayDone(t(how.done));
    }
    return isDone;
  }

  return { actionsFor, run };
}
