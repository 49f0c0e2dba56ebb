/** Files on their way to the mall: two at a time, each with its progress and its own refusal. */

import { type Ref, computed, ref } from "vue";

import { ApiError } from "@/api-error";

import type { Told } from "./send-file";
import type { Folder, StoredFile } from "./stored-file";

export type UploadStatus = "waiting" | "sending" | "done" | "failed";

export interface Upload {
  id: number;
  file: File;
  folder: Folder;
  status: UploadStatus;
  /** From 0 to 1. */
  share: number;
  failure: ApiError | null;
}

export interface UploadQueue {
  uploads: Ref<Upload[]>;
  isBusy: Ref<boolean>;
  doneCount: Ref<number>;
  add(files: Iterable<File>, folder: Folder): void;
  retry(id: number): void;
  remove(id: number): void;
  clearDone(): void;
}

const AT_ONCE = 2;

export function useUploadQueue(
  send: (file: File, folder: Folder, told: Told) => Promise<StoredFile>,
  onStored: (file: StoredFile) => void,
): UploadQueue {
  const uploads = ref<Upload[]>([]) as Ref<Upload[]>;
  let last = 0;

  function count(status: UploadStatus): number {
    return uploads.value.filter((upload) => upload.status === status).length;
  }

  function find(id: number): Upload | undefined {
    return uploads.value.find((upload) => upload.id === id);
  }

  async function run(upload: Upload): Promise<void> {
    upload.status = "sending";
    upload.share = 0;
    upload.failure = null;
    try {
      onStored(await send(upload.file, upload.folder, (share) => (upload.share = share)));
      upload.status = "done";
    } catch (error) {
      upload.status = "failed";
      if (!(error instanceof ApiError)) {
        throw error;
      }
      upload.failure = error;
    } finally {
      go();
    }
  }

  function go(): void {
    const free = AT_ONCE - count("sending");
    uploads.value
      .filter((upload) => upload.status === "waiting")
      .slice(0, Math.max(0, free))
      .forEach((upload) => void run(upload));
  }

  return {
    uploads,
    isBusy: computed(() => count("sending") + count("waiting") > 0),
    doneCount: computed(() => count("done")),
    add: (files, folder) => {
      for (const file of files) {
        last += 1;
        uploads.value.push({ id: last, file, folder, status: "waiting", share: 0, failure: null });
      }
      go();
    },
    retry: (id) => {
      const upload = find(id);
      if (upload?.status === "failed") {
        upload.status = "waiting";
        go();
      }
    },
    remove: (id) => {
      uploads.value = uploads.value.filter((upload) => upload.id !== id || upload.status === "sending");
    },
    clearDone: () => {
      uploads.value = uploads.value.filter((upload) => upload.status !== "done");
    },
  };
}
