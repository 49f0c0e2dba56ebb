/** Puts text on the clipboard and says so. */

import { sayDone, sayNote } from "@/adapter/messages";

import { t } from "./words";

export async function copyText(value: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(value);
    sayDone(t("copied"));
  } catch {
    sayNote(t("notCopied"));
  }
}
