/** Hides what the account may not do. The mall checks every permission itself: this only spares dead ends. */

import type { Directive } from "vue";

import { useSession } from "./session";

/** `<section v-may="'sys:log:list'">`: the element is taken out unless the account has the permission. */
export const vMay: Directive<HTMLElement, string> = {
  mounted(element, { value }) {
    if (!useSession().may(value)) {
      element.remove();
    }
  },
};
