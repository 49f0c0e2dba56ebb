/** Short messages to the shopper. */

import { ApiError } from "@/api/errors";

export function toast(title: string): void {
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

/** Ask before something that cannot be taken back. */
export function confirmed(title: string, content: string, confirmText: string): Promise<boolean> {
  return new Promise((resolve) => {
    uni.showModal({
      title,
      content,
      confirmText,
      cancelText: "再想想",
      confirmColor: "#b8412c",
      success: (answer) => resolve(answer.confirm),
      fail: () => resolve(false),
    });
  });
}
