/** The next moments of a job that is being written, as the mall works them out. */

import { type Ref, ref, shallowRef, watch } from "vue";

import type { components } from "@api-client/schema";

import { ApiError } from "@/api-error";
import { answerOf, api } from "@/request";
import { useSession } from "@/session/session";

import type { JobSpec } from "./trigger";

export type Preview = components["schemas"]["JobPreviewOut"];

export const PREVIEWED = 10;
const PAUSE_MS = 350;

export interface JobPreview {
  /** Whether the account may see one at all. */
  isOffered: boolean;
  preview: Ref<Preview | null>;
  /** Why there is none: the mall's own words about the trigger. */
  failure: Ref<ApiError | null>;
  isLoading: Ref<boolean>;
}

/** Asks a moment after the last change of `spec`; null means that there is nothing to ask yet. Who may not look
 * at jobs gets no preview. */
export function usePreview(spec: () => JobSpec | null): JobPreview {
  const isOffered = useSession().may("sys:schedule:info");
  const preview = shallowRef<Preview | null>(null);
  const failure = shallowRef<ApiError | null>(null);
  const isLoading = ref(false);
  let run = 0;

  async function ask(job: JobSpec, mine: number): Promise<void> {
    try {
      const found = await answerOf(api.POST("/platform/v1/jobs/preview", { body: { job, count: PREVIEWED } }));
      if (mine === run) {
        preview.value = found;
        failure.value = null;
      }
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      if (mine === run) {
        preview.value = null;
        failure.value = error;
      }
    } finally {
      if (mine === run) {
        isLoading.value = false;
      }
    }
  }

  watch(
    () => JSON.stringify(isOffered ? spec() : null),
    (text, _before, onCleanup) => {
      run += 1;
      const mine = run;
      const job = JSON.parse(text) as JobSpec | null;
      isLoading.value = job !== null;
      if (job === null) {
        preview.value = null;
        failure.value = null;
        return;
      }
      const timer = setTimeout(() => void ask(job, mine), PAUSE_MS);
      onCleanup(() => clearTimeout(timer));
    },
    { immediate: true },
  );

  return { isOffered, preview, failure, isLoading };
}
