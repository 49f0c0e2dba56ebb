/** Which screen stands at which menu: every `features/<room>/routes.ts` lists its own. */

import type { Component } from "vue";

/** One screen. Its address is `/<menu>`, or `/<menu>/<below>` for a screen that is reached from it. */
export interface Page {
  /** `url` of the menu row that grants the screen; null for a screen of every signed-in account. */
  menu: string | null;
  /** Below the menu's own address, as vue-router writes paths: `:user_id/edit`. Required without a menu. */
  below?: string;
  /** What tabs and breadcrumbs call it; a menu's own screen has the menu's name. */
  title?: () => string;
  view: () => Promise<{ default: Component }>;
}

const files = import.meta.glob<{ pages: readonly Page[] }>("/src/features/*/routes.ts", { eager: true });

export const PAGES: readonly Page[] = Object.values(files).flatMap((file) => file.pages);
