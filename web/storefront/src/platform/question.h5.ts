import { createApp, h } from "vue";

import QuestionDialog from "@/components/question-dialog.vue";

/** Ask before something that cannot be taken back. */
export function confirmed(title: string, content: string, confirmText: string): Promise<boolean> {
  uni.hideToast();
  return new Promise((resolve) => {
    const place = document.body.appendChild(document.createElement("div"));
    const dialog = createApp(() =>
      h(QuestionDialog, {
        title,
        content,
        confirmText,
        onAnswer(yes: boolean) {
          dialog.unmount();
          place.remove();
          resolve(yes);
        },
      }),
    );
    dialog.mount(place);
  });
}
