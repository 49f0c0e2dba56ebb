/**
 * Something that is loaded again and again while somebody looks at it.
 *
 * Nothing is asked while the browser's tab or the page is hidden; whoever comes back sees it anew at once.
 * What was loaded stays when a later load fails. Loads that nobody asked for do not keep the session alive.
 */

import { type Ref, onActivated, onBeforeUnmount, onDeactivated, ref, shallowRef } from "vue";

import { ApiError } from "@/api-error";
import { type Api, api, unattendedApi } from "@/request";

export interface Refreshed<Thing> {
  thing: Ref<Thing | null>;
  isLoading: Ref<boolean>;
  /** Why the last load failed; null when it did not. */
  failure: Ref<ApiError | null>;
  reload(): Promise<void>;
}

/** `load` calls the mall through the client that it is given. */
export function useRefreshed<Thing>(load: (client: Api) => Promise<Thing>, everyMs: number): Refreshed<Thing> {
  const thing = shallowRef<Thing | null>(null);
  const isLoading = ref(false);
  const failure = shallowRef<ApiError | null>(null);
  let isOpen = true;
  let run = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function isSeen(): boolean {
    return isOpen && !document.hidden;
  }

  function waitForNext(): void {
    clearTimeout(timer);
    if (isSeen()) {
      timer = setTimeout(() => void loadThrough(unattendedApi), everyMs);
    }
  }

  async function loadThrough(client: Api): Promise<void> {
    clearTimeout(timer);
    run += 1;
    const mine = run;
    isLoading.value = true;
    try {
      const loaded = await load(client);
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
        waitForNext();
      }
    }
  }

  const reload = (): Promise<void> => loadThrough(api);

  function onSight(): void {
    if (isSeen()) {
      void reload();
    } else {
      clearTimeout(timer);
    }
  }

  /** A kept page is activated right after its first load as well. */
  onActivated(() => {
    if (!isOpen) {
      isOpen = true;
      onSight();
    }
  });
  function leave(): void {
    isOpen = false;
    clearTimeout(timer);
  }
  onDeactivated(leave);
  onBeforeUnmount(() => {
    leave();
    document.removeEventListener("visibilitychange", onSight);
  });
  document.addEventListener("visibilitychange", onSight);
  void reload();

  return { thing, isLoading, failure, reload };
}
