/** Views of a list that somebody named: an address and what it is called, kept at the mall for one account. */

import { type Ref, onMounted, shallowRef } from "vue";
import type { LocationQueryRaw } from "vue-router";

import type { components } from "@api-client/schema";

import { ApiError } from "@/api-error";
import { answerOf, api } from "@/request";

export interface View {
  title: string;
  query: LocationQueryRaw;
}

export type SavedView = components["schemas"]["SavedViewOut"];

/** As many as the mall keeps of one list. */
export const MOST_VIEWS = 12;

export interface SavedViews {
  views: Ref<readonly SavedView[]>;
  /** Whether they are known; until then none can be saved. */
  isLoaded: Ref<boolean>;
  /** Keep an address; the view of the same title is replaced. */
  save(title: string, query: LocationQueryRaw): Promise<void>;
  remove(view: SavedView): Promise<void>;
}

/** The account's views of one list, loaded once the list is there. Without them the list works all the same. */
export function useSavedViews(list_name: string): SavedViews {
  const views = shallowRef<readonly SavedView[]>([]);
  const isLoaded = shallowRef(false);

  async function load(): Promise<void> {
    try {
      views.value = (await answerOf(api.GET("/console/v1/saved-views", { params: { query: { list_name } } }))).items;
      isLoaded.value = true;
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
    }
  }

  async function save(title: string, query: LocationQueryRaw): Promise<void> {
    const kept = await answerOf(api.POST("/console/v1/saved-views", { body: { list_name, title, query: queryToKeep(query) } }));
    const isKnown = views.value.some((view) => view.view_id === kept.view_id);
    views.value = isKnown ? views.value.map((view) => (view.view_id === kept.view_id ? kept : view)) : [...views.value, kept];
  }

  /** One that another browser removed before is gone as well. */
  async function remove(view: SavedView): Promise<void> {
    try {
      await answerOf(api.DELETE("/console/v1/saved-views/{view_id}", { params: { path: { view_id: view.view_id } } }));
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "view.not_found") {
        throw error;
      }
    }
    views.value = views.value.filter((other) => other.view_id !== view.view_id);
  }

  onMounted(() => void load());
  return { views, isLoaded, save, remove };
}

/** What a view keeps of an address: everything but the page. */
export function queryToKeep(query: LocationQueryRaw): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query)
      .filter(([name, value]) => name !== "page" && value !== null && value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  );
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
