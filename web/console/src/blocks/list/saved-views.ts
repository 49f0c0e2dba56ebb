/** Views of a list that somebody named: an address and what it is called, kept in this browser. */

import { type Ref, ref, watch } from "vue";
import type { LocationQueryRaw } from "vue-router";

export interface SavedView {
  title: string;
  query: LocationQueryRaw;
}

const PREFIX = "wanpu.console.views.";
export const MOST_VIEWS = 12;

export function useSavedViews(list: string): Ref<SavedView[]> {
  const views = ref<SavedView[]>(readViews(localStorage.getItem(PREFIX + list)));
  watch(views, (saved) => localStorage.setItem(PREFIX + list, JSON.stringify(saved)), { deep: true });
  return views;
}

/** What was stored, as far as it can be read. */
export function readViews(stored: string | null): SavedView[] {
  try {
    const views: unknown = JSON.parse(stored ?? "[]");
    return Array.isArray(views)
      ? views.filter((view): view is SavedView => typeof view?.title === "string" && typeof view.query === "object" && view.query !== null)
      : [];
  } catch {
    return [];
  }
}

/** Whether two addresses show the same, the page aside. */
export function isSameView(one: LocationQueryRaw, other: LocationQueryRaw): boolean {
  const plain = (query: LocationQueryRaw) =>
    JSON.stringify(
      Object.entries(query)
        .filter(([name]) => name !== "page")
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  return plain(one) === plain(other);
}
