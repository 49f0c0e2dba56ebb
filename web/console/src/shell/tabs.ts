/** The open pages. Each keeps its state until its tab is closed; the list outlives a reload of the browser. */

import { defineStore } from "pinia";
import { ref, watch } from "vue";
import type { RouteLocationNormalized } from "vue-router";

export interface Tab {
  path: string;
  /** With its query: going back to a list finds its filters. */
  fullPath: string;
}

export const HOME = "/";
const STORED = "wanpu.console.tabs";
/** More than this nobody tells apart; the oldest one gives way. */
export const MOST_TABS = 12;

function storedTabs(): Tab[] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(STORED) ?? "[]");
    return Array.isArray(stored) ? stored.filter((tab): tab is Tab => typeof tab?.path === "string" && typeof tab.fullPath === "string") : [];
  } catch {
    return [];
  }
}

export const useTabs = defineStore("tabs", () => {
  const tabs = ref<Tab[]>(storedTabs());
  /** Grows when a page is to be built anew. */
  const rounds = ref<Record<string, number>>({});

  watch(tabs, (open) => sessionStorage.setItem(STORED, JSON.stringify(open)), { deep: true });

  /** Note the page that is shown now; `mayClose` says which tab may give way to it. */
  function visit(route: Pick<RouteLocationNormalized, "path" | "fullPath">, mayClose: (tab: Tab) => boolean): void {
    const open = tabs.value.find((tab) => tab.path === route.path);
    if (open) {
      open.fullPath = route.fullPath;
      return;
    }
    tabs.value.push({ path: route.path, fullPath: route.fullPath });
    if (tabs.value.length > MOST_TABS) {
      const old = tabs.value.find((tab) => tab.path !== HOME && tab.path !== route.path && mayClose(tab));
      if (old) {
        close(old.path);
      }
    }
  }

  /** Close a tab; the one to show instead when it was the one in front. */
  function close(path: string): Tab | null {
    const index = tabs.value.findIndex((tab) => tab.path === path);
    if (index < 0) {
      return null;
    }
    tabs.value.splice(index, 1);
    return tabs.value[index] ?? tabs.value[index - 1] ?? null;
  }

  /** Close all but one, or all. */
  function closeExcept(path: string | null): void {
    tabs.value = tabs.value.filter((tab) => tab.path === path || tab.path === HOME);
  }

  /** Where a page was left: its last filters, if it is open. */
  function whereLeft(path: string): string {
    return tabs.value.find((tab) => tab.path === path)?.fullPath ?? path;
  }

  function rebuild(path: string): void {
    rounds.value[path] = (rounds.value[path] ?? 0) + 1;
  }

  function forget(): void {
    tabs.value = [];
    rounds.value = {};
  }

  return { tabs, rounds, visit, close, closeExcept, whereLeft, rebuild, forget };
});
