/** What the mall takes: how large a file may be, and of which types in which folder. */

import type { components } from "@api-client/schema";

import { ApiError } from "@/api-error";
import { sizeText } from "@/blocks/show/size-text";

import type { Folder } from "./stored-file";
import { t } from "./words";

export type UploadLimits = components["schemas"]["UploadLimitsOut"];

const NAMES: Readonly<Record<string, string>> = {
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
};

/** Refuse, in the mall's own way, what it would refuse once all of it had arrived. */
export function requireSize(file: File, limits: UploadLimits): void {
  if (file.size > limits.limit_bytes) {
    throw new ApiError(413, { code: "request.too_large", message: t("tooLarge", { limit: sizeText(limits.limit_bytes) }) });
  }
}

/** The content types that a folder takes. */
export function typesOf(limits: UploadLimits, folder: Folder): readonly string[] {
  return limits.folders.find((one) => one.folder === folder)?.content_types ?? [];
}

/** `image/jpeg` → JPEG. */
export function typeText(type: string): string {
  return NAMES[type] ?? type.replace(/^.*\//, "").toUpperCase();
}
