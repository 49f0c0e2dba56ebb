/** The dialogs that a request waits behind when its session is refused. */

import { ref } from "vue";

import type { Gate } from "@/request";

import { ACCOUNT_KEY, useSession } from "./session";

export type Passage = "sign-in" | "password";

interface Waiting {
  resolve: () => void;
  reject: (reason: Error) => void;
}

/** Which dialog is open; requests that are refused meanwhile wait for the same one. */
export const openPassage = ref<Passage | null>(null);

let waiting: Waiting[] = [];

function wait(passage: Passage): Promise<void> {
  if (!useSession().isSignedIn) {
    return Promise.reject(new Error("nobody is signed in who could sign in again"));
  }
  openPassage.value = passage;
  return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
}

/** Let everybody who waits go on. */
export function letThrough(): void {
  const released = waiting;
  waiting = [];
  openPassage.value = null;
  released.forEach(({ resolve }) => resolve());
}

/** Send everybody who waits away: nobody will sign in. */
export function turnAway(): void {
  const refused = waiting;
  waiting = [];
  openPassage.value = null;
  refused.forEach(({ reject }) => reject(new Error("nobody signed in again")));
}

/** The gate that opens dialogs; `reloadMenus` brings what the account may do up to date. */
export function dialogGate(reloadMenus: () => Promise<void>): Gate {
  let isReloading = false;

  return {
    signInAgain: () => wait("sign-in"),
    changePassword: () => wait("password"),
    isOthers() {
      const present = useSession().me?.username;
      const stored = localStorage.getItem(ACCOUNT_KEY);
      return present !== undefined && stored !== null && stored !== present;
    },
    noteForbidden() {
      if (!isReloading) {
        isReloading = true;
        const done = () => (isReloading = false);
        reloadMenus().then(done, done);
      }
    },
  };
}
