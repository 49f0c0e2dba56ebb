/** Short messages to the shopper. */

import { ApiError } from "@/api/errors";
import { announce } from "@platform/announce";

export function toast(title: string): void {
  announce(title);
  uni.showToast({ title, icon: "none", duration: 2200 });
}

/** Say why something did not work. A 401 says nothing: the login page is already on its way. */
export function showFailure(error: unknown): void {
  if (!(error instanceof ApiError)) {
    throw error;
  }
  if (error.status !== 401) {
    toast(error.message);
  }
}
