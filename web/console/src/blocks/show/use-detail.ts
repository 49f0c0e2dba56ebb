/** One thing that a drawer shows: loaded when it opens, and again when something was done to it. */

import { type Ref, ref, shallowRef } from "vue";

import { ApiError } from "@/api-error";

export interface Detail<Thing> {
  isOpen: Ref<boolean>;
  thing: Ref<Thing | null>;
  isLoading: Ref<boolean>;
  failure: Ref<ApiError | null>;
  open(id: string): Promise<void>;
  reload(): Promise<void>;
}

export function useDetail<Thing>(load: (id: string) => Promise<Thing>): Detail<Thing> {
  const isOpen = ref(false);
  const thing = shallowRef<Thing | null>(null);
  const isLoading = ref(false);
  const failure = shallowRef<ApiError | null>(null);
  let current = "";

  async function reload(): Promise<void> {
    const id = current;
    isLoading.value = true;
    failure.value = null;
    try {
      const loaded = await load(id);
      if (id === current) {
        thing.value = loaded;
      }
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      if (id === current) {
        failure.value = error;
      }
    } finally {
      if (id === current) {
        isLoading.value = false;
      }
    }
  }

  async function open(id: string): Promise<void> {
    if (id !== current) {
      thing.value = null;
    }
    current = id;
    isOpen.value = true;
    await reload();
  }

  return { isOpen, thing, isLoading, failure, open, reload };
}
