/** Who is signed in, which menus stand before them, and what they may do. All of it comes from the mall. */

import { defineStore } from "pinia";
import { computed, ref } from "vue";

import type { components } from "@api-client/schema";

import { ApiError } from "@/api-error";
import { answerOf, api, doorApi } from "@/request";

export type Menu = components["schemas"]["NavMenuOut"];
export type Me = components["schemas"]["MeOut"];

/** Other tabs of this browser learn from this key who is signed in. */
export const ACCOUNT_KEY = "wanpu.console.account";

/** Whether somebody has signed in with this browser and not out again: scripts cannot see the cookie itself. */
export function mayBeSignedIn(): boolean {
  return localStorage.getItem(ACCOUNT_KEY) !== null;
}

/** Remember who came through the door. */
export function rememberAccount(username: string): void {
  localStorage.setItem(ACCOUNT_KEY, username);
}

export const useSession = defineStore("session", () => {
  const me = ref<Me | null>(null);
  const menus = ref<Menu[]>([]);
  const permissions = ref<ReadonlySet<string>>(new Set());
  const isSignedIn = computed(() => me.value !== null);

  /** Ask the mall who this is. Rejects with `ApiError`: nobody is signed in, or the first password still stands. */
  async function load(): Promise<void> {
    const [own, nav] = await Promise.all([
      answerOf(doorApi.GET("/console/v1/me")),
      answerOf(doorApi.GET("/console/v1/nav")),
    ]);
    menus.value = nav.menus;
    permissions.value = new Set(nav.permissions);
    me.value = own;
    rememberAccount(own.username);
  }

  /** End the session, here and at the mall. One that has ended already counts as ended; where the mall did
   * not hear of it, this rejects and the session goes on. */
  async function signOut(): Promise<void> {
    try {
      await answerOf(doorApi.POST("/console/v1/auth/logout"));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) {
        throw error;
      }
    }
    localStorage.removeItem(ACCOUNT_KEY);
    me.value = null;
  }

  /** Ask again what this account may do, after its roles or the menus changed. */
  async function refreshMenus(): Promise<void> {
    const nav = await answerOf(api.GET("/console/v1/nav"));
    menus.value = nav.menus;
    permissions.value = new Set(nav.permissions);
  }

  function may(permission: string): boolean {
    return permissions.value.has(permission);
  }

  return { me, menus, permissions, isSignedIn, load, signOut, refreshMenus, may };
});
