/** A stored file as screens show it. */

import type { components } from "@api-client/schema";

import { ApiError } from "@/api-error";

import { t } from "./words";

export type StoredFile = components["schemas"]["FileOut"];

export const FOLDERS = ["product", "detail", "category", "brand", "home", "avatar", "license", "document"] as const;
export type Folder = (typeof FOLDERS)[number];

export function folderText(folder: string): string {
  const known = FOLDERS.find((one) => one === folder);
  return known ? t(`f_${known}`) : folder;
}

/** Whether its files are given out by signed links alone. */
export function isPrivateFolder(folder: Folder): boolean {
  return folder === "license" || folder === "document";
}

export function pixelsText(file: StoredFile): string | null {
  return file.width === null || file.height === null ? null : `${file.width} × ${file.height}`;
}

export function isPicture(file: StoredFile): boolean {
  return file.content_type.startsWith("image/");
}

const USERS = ["product", "sku", "category", "member"] as const;

/** The refusal to delete, with what shows the file: `product:65601234` in words. */
export function withUse(error: ApiError): ApiError {
  const by = error.details.used_by;
  if (error.code !== "file.in_use" || typeof by !== "string") {
    return error;
  }
  const [kind, id = ""] = by.split(":");
  const known = USERS.find((one) => one === kind);
  const text = known ? t(`used_${known}`, { id }) : by;
  return new ApiError(error.status, { code: error.code, message: t("inUse", { by: text }), details: error.details, request_id: error.requestId });
}
