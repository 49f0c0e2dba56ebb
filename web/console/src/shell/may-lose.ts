/** Asks before a way out takes unsaved work along. */

import { ask } from "@/blocks/ask/ask";

import { t } from "./words";

/** Whether what `text` says will be lost may be lost; `confirm` names what happens then. */
export function mayLose(text: string, confirm: string): Promise<boolean> {
  return ask({ title: t("unsavedTitle"), text, confirm, cancel: t("stay"), tone: "danger" });
}
