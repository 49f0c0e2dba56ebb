/** Puts text on the clipboard and says so. */

import { sayDone, sayNote } from "@/adapter/messages";

import { t } from "./words";

/** `done` and `refused` say it otherwise than usual. */
export async function copyText(value: string, done = t("copied"), refused = t("notCopied")): Promise<void> {
  try {
    await navigator.clipboard.writeText(value);
    sayDone(done);
  } catch {
    sayNote(refused);
  }
}
