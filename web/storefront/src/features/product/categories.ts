import { defineStore } from "pinia";
import { ref } from "vue";

import { listCategories } from "@/api/catalogue";
import type { Category } from "@/api/types";

/** The category tree, read once per visit; several screens show parts of it. */
export const useCategories = defineStore("categories", () => {
  const tree = ref<Category[]>([]);
  let reading: Promise<void> | null = null;

  /** Read the tree unless it is there; a failed reading can be asked for again. */
  function load(): Promise<void> {
    reading ??= listCategories()
      .then((categories) => {
        tree.value = categories;
      })
      .catch((error: unknown) => {
        reading = null;
        throw error;
      });
    return reading;
  }

  return { tree, load };
});
