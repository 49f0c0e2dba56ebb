import { defineStore } from "pinia";
import { ref } from "vue";

import { listCategories } from "@/api/catalogue";
import type { Category } from "@/api/types";

/** The category tree, read once per visit; several screens show parts of it. */
export const useCategories = defineStore("categories", () => {
  const tree = ref<Category[]>([]);
  const state = ref<"loading" | "done" | "failed">("loading");
  let reading: Promise<void> | null = null;

  /** Read the tree unless it is there; a failed reading can be asked for again. */
  function load(): Promise<void> {
    reading ??= read();
    return reading;
  }

  async function read(): Promise<void> {
    state.value = "loading";
    try {
      tree.value = await listCategories();
      state.value = "done";
    } catch (error) {
      state.value = "failed";
      reading = null;
      throw error;
    }
  }

  return { tree, state, load };
});
