/** Which pages hold work that was not saved. Tabs ask before they close one, and so does the browser. */

import { type Ref, onBeforeUnmount, shallowReactive, watch } from "vue";

const dirtyForms = shallowReactive(new Map<symbol, string>());

/** Whether a page, or any page, holds unsaved work. */
export function isUnsaved(path?: string): boolean {
  return path === undefined ? dirtyForms.size > 0 : [...dirtyForms.values()].includes(path);
}

/** Count a form as unsaved while `isDirty` says so; it stops to count when its component goes. */
export function guardUnsaved(path: string, isDirty: Ref<boolean>): void {
  const key = Symbol(path);
  watch(isDirty, (dirty) => (dirty ? dirtyForms.set(key, path) : dirtyForms.delete(key)), { immediate: true });
  onBeforeUnmount(() => dirtyForms.delete(key));
}

/** Let the browser ask before it closes or reloads a page with unsaved work. */
export function guardBrowserTab(): void {
  addEventListener("beforeunload", (event) => {
    if (isUnsaved()) {
      event.preventDefault();
    }
  });
}
