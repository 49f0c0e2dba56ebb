/** Drawers and dialogs stand beside their page in the document: they hide and come back together with it. */

import { type Ref, type WritableComputedRef, computed, onActivated, onDeactivated, ref } from "vue";

/** Open while `isOpen` says so and the page around it is the one that is shown. Hiding does not close it. */
export function shownWithPage(isOpen: Ref<boolean>): WritableComputedRef<boolean> {
  const isPageShown = ref(true);
  onActivated(() => (isPageShown.value = true));
  onDeactivated(() => (isPageShown.value = false));
  return computed({
    get: () => isOpen.value && isPageShown.value,
    set: (open) => {
      if (isPageShown.value) {
        isOpen.value = open;
      }
    },
  });
}
