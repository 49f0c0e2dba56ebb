/** From the mall's menus and our screens to routes. */

import type { Component } from "vue";
import type { RouteRecordRaw } from "vue-router";

import { inLanguage } from "@/text";

import type { MenuPlace } from "./menu-tree";
import type { Page } from "./pages";

declare module "vue-router" {
  interface RouteMeta {
    /** What tabs, breadcrumbs and the window call it. */
    title?: () => string;
    /** The menu that it belongs to; the sider marks it. */
    menuUrl?: string;
    /** Names of the folders above it, outermost first. */
    folders?: () => string[];
  }
}

export interface Fallbacks {
  /** A menu whose screen this console does not have. */
  missing: Component;
  /** A screen that the account has no menu for, and what its tab is called. */
  forbidden: Component;
  forbiddenTitle: () => string;
}

function addressOf(page: Page): string {
  return [page.menu, page.below].filter(Boolean).join("/");
}

/**
 * Routes of everything the account can open, and of our other screens as "no permission".
 *
 * A menu without a screen of ours gets a page that says so: never a blank one.
 */
export function routesFor(
  places: readonly MenuPlace[],
  pages: readonly Page[],
  fallbacks: Fallbacks,
): RouteRecordRaw[] {
  const placeOf = new Map(places.map((place) => [place.url, place]));
  const known = pages.map((page): RouteRecordRaw => {
    const place = page.menu === null ? undefined : placeOf.get(page.menu);
    const isOpen = page.menu === null || place !== undefined;
    const title = isOpen ? page.title : fallbacks.forbiddenTitle;
    return {
      path: `/${addressOf(page)}`,
      component: isOpen ? page.view : fallbacks.forbidden,
      meta: { ...(place ? metaOf(place) : {}), ...(title ? { title } : {}) },
    };
  });
  const built = new Set(known.map((route) => route.path));
  const missing = places
    .filter((place) => !built.has(`/${place.url}`))
    .map((place): RouteRecordRaw => ({ path: `/${place.url}`, component: fallbacks.missing, meta: metaOf(place) }));
  return [...known, ...missing];
}

function metaOf(place: MenuPlace): RouteRecordRaw["meta"] {
  return {
    title: () => inLanguage(place.menu.name, place.menu.name_en),
    menuUrl: place.url,
    folders: () => place.folders.map((folder) => inLanguage(folder.name, folder.name_en)),
  };
}
