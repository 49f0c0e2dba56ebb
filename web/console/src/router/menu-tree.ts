/** Reading the menu tree: which pages it holds, and where each one stands. */

import type { Menu } from "@/session/session";

export const MENU_FOLDER = 0;
export const MENU_PAGE = 1;
export const MENU_BUTTON = 2;

/** A page of the menu with the folders above it, outermost first. */
export interface MenuPlace {
  menu: Menu;
  url: string;
  folders: Menu[];
}

/** Every page of the tree, in the order that it is shown. A url that stands twice counts once. */
export function placesIn(menus: readonly Menu[], folders: Menu[] = []): MenuPlace[] {
  const found = menus.flatMap((menu): MenuPlace[] => [
    ...(menu.type === MENU_PAGE && menu.url ? [{ menu, url: menu.url, folders }] : []),
    ...placesIn(menu.children, [...folders, menu]),
  ]);
  return found.filter((place, index) => found.findIndex((other) => other.url === place.url) === index);
}

/** Whether a page of this address is in the tree. */
export function hasPage(menus: readonly Menu[], url: string): boolean {
  return placesIn(menus).some((place) => place.url === url);
}
