import { defineStore } from "pinia";
import { ref } from "vue";

import { getMe, logout } from "@/api/member";
import { forgetToken, keepToken, storedToken } from "@/api/token";
import type { Member, SignedIn } from "@/api/types";

/** Who is logged in on this device. */
export const useSession = defineStore("session", () => {
  const member = ref<Member | null>(null);
  const isSignedIn = ref(storedToken() !== null);

  function begin(signedIn: SignedIn): void {
    keepToken(signedIn.token);
    member.value = signedIn.member;
    isSignedIn.value = true;
  }

  /** Read the member again after a reload; without an answer the token stays, for a later try. */
  async function restore(): Promise<void> {
    if (isSignedIn.value && member.value === null) {
      member.value = await getMe().catch(() => null);
    }
  }

  function forget(): void {
    forgetToken();
    member.value = null;
    isSignedIn.value = false;
  }

  /** Log out here even when the mall cannot be told. */
  async function end(): Promise<void> {
    await logout().catch(() => undefined);
    forget();
  }

  return { member, isSignedIn, begin, restore, forget, end };
});
