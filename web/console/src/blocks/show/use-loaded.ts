/** Something that is loaded when it is asked for. What was loaded stays while it is loaded anew, and when that fails. */

import { type Ref, ref, shallowRef } from "vue";

import { ApiError } from "@/api-error";

export interface Loaded<Thing> {
  /** Null until the first load came back: "none" is known only then. */
  thing: Ref<Thing | null>;
  isLoading: Ref<boolean>;
  /** Why the last load failed; null when it did not. */
  failure: Ref<ApiError | null>;
  reload(): Promise<void>;
}

export function useLoaded<Thing>(load: () => Promise<Thing>): Loaded<Thing> {
  const thing = shallowRef<Thing | null>(null);
  const isLoading = ref(false);
  const failure = shallowRef<ApiError | null>(null);
  let run = 0;

  async function reload(): Promise<void> {
    run += 1;
    const mine = run;
    isLoading.value = true;
    try {
      const loaded = await load();
      if (mine === run) {
        thing.value = loaded;
        failure.value = null;
      }
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      if (mine === run) {
        failure.value = error;
      }
    } finally {
      if (mine === run) {
        isLoading.value = false;
      }
    }
  }

  return { thing, isLoading, failure, reload };
}
