/** A list that loads page by page with a cursor. */

import { type Ref, ref } from "vue";

import type { Page } from "@/api/types";

export type ListState = "idle" | "loading" | "done" | "failed";

export interface PagedList<Item> {
  items: Ref<Item[]>;
  state: Ref<ListState>;
  /** Load the next page; does nothing while one is under way or after the last. */
  more(): Promise<void>;
  /** Start again from the first page. Answers of the earlier run are thrown away when they arrive. */
  restart(): Promise<void>;
}

export function pagedList<Item>(fetchPage: (cursor: string | null) => Promise<Page<Item>>): PagedList<Item> {
  const items = ref<Item[]>([]) as Ref<Item[]>;
  const state = ref<ListState>("idle");
  let cursor: string | null = null;
  let run = 0;

  /** Without a cursor it is the first page that is read, and it takes the place of all that is shown. */
  async function load(): Promise<void> {
    const mine = run;
    state.value = "loading";
    try {
      const page = await fetchPage(cursor);
      if (mine !== run) {
        return;
      }
      items.value = cursor === null ? page.items : [...items.value, ...page.items];
      cursor = page.next_cursor;
      state.value = cursor === null ? "done" : "idle";
    } catch (error) {
      if (mine === run) {
        state.value = "failed";
      }
      throw error;
    }
  }

  async function more(): Promise<void> {
    if (state.value !== "loading" && state.value !== "done") {
      await load();
    }
  }

  async function restart(): Promise<void> {
    run += 1;
    cursor = null;
    await load();
  }

  return { items, state, more, restart };
}
