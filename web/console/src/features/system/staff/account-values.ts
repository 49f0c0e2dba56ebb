/** What the form about an account holds, and which part of it the mall is told. */

import type { Staff, StaffInfo } from "./calls";

export interface AccountValues {
  merchant_id: string;
  username: string;
  password: string;
  email: string;
  mobile: string;
  allowed_ips: string[];
  role_ids: string[];
}

export interface AccountPatch {
  email?: string | null;
  mobile?: string | null;
  allowed_ips?: string[];
  role_ids?: string[];
}

/** Values for a new account, or those of an account; of its roles only the ones that can be chosen. */
export function valuesOf(staff: StaffInfo | null, choosable: readonly string[] = []): AccountValues {
  return {
    merchant_id: "",
    username: staff?.username ?? "",
    password: "",
    email: staff?.email ?? "",
    mobile: staff?.mobile ?? "",
    allowed_ips: [...(staff?.allowed_ips ?? [])],
    role_ids: (staff?.roles ?? []).map((role) => role.role_id).filter((id) => choosable.includes(id)),
  };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());
}

/** What differs. Other addresses end sessions, and nobody gives roles to itself: nothing is sent that stayed. */
export function patchOf(before: AccountValues, now: AccountValues): AccountPatch {
  return {
    ...(now.email.trim() === before.email ? {} : { email: now.email.trim() || null }),
    ...(now.mobile.trim() === before.mobile ? {} : { mobile: now.mobile.trim() || null }),
    ...(isSame(now.allowed_ips, before.allowed_ips) ? {} : { allowed_ips: now.allowed_ips }),
    ...(isSame(now.role_ids, before.role_ids) ? {} : { role_ids: now.role_ids }),
  };
}

const SUPER_ADMINISTRATOR = "1";

/** Whether others may switch it off, give it roles or a password: nobody does that to itself or to the first account. */
export function isLookedAfter(staff: Staff, ownId: string): boolean {
  return staff.user_id !== ownId && staff.user_id !== SUPER_ADMINISTRATOR;
}

const LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LENGTH = 14;

/** A first password that can be read out: no letters that look alike. */
export function drawPassword(): string {
  const drawn: string[] = [];
  const bytes = new Uint8Array(LENGTH);
  // Bytes beyond the last whole run of letters would favour the first ones.
  const limit = 256 - (256 % LETTERS.length);
  while (drawn.length < LENGTH) {
    for (const byte of crypto.getRandomValues(bytes)) {
      if (byte < limit && drawn.length < LENGTH) {
        drawn.push(LETTERS.charAt(byte % LETTERS.length));
      }
    }
  }
  return drawn.join("");
}
