/** The tree of menus as rows of a table, and what a drag of one row means. */

import type { components } from "@api-client/schema";

import { MENU_BUTTON, MENU_FOLDER, MENU_PAGE } from "@/router/menu-tree";

export type MenuNode = components["schemas"]["MenuNodeOut"];
export type MenuPatch = components["schemas"]["MenuPatch"];

export interface MenuRow {
  menu: MenuNode;
  /** 0 on the top level. */
  level: number;
  /** Menus that stand beside it, itself included, in their order. */
  siblings: readonly MenuNode[];
}

/** Rows in the order of the tree; what stands below a folded menu is left out. */
export function rowsOf(nodes: readonly MenuNode[], closed: ReadonlySet<string>, level = 0): MenuRow[] {
  return nodes.flatMap((menu) => [
    { menu, level, siblings: nodes },
    ...(closed.has(menu.menu_id) ? [] : rowsOf(menu.children, closed, level + 1)),
  ]);
}

function fits(menu: MenuNode, wanted: string): boolean {
  return [menu.name, menu.name_en, menu.url ?? "", ...menu.perms].some((text) => text.toLowerCase().includes(wanted));
}

/** The tree with only what somebody looks for, and what stands above it. */
export function found(nodes: readonly MenuNode[], words: string): MenuNode[] {
  const wanted = words.trim().toLowerCase();
  if (!wanted) {
    return [...nodes];
  }
  return nodes.flatMap((menu) => {
    const children = found(menu.children, wanted);
    return fits(menu, wanted) || children.length > 0 ? [{ ...menu, children }] : [];
  });
}

/** All menus of a tree. */
export function allOf(nodes: readonly MenuNode[]): MenuNode[] {
  return nodes.flatMap((menu) => [menu, ...allOf(menu.children)]);
}

/** Whether a menu of this type can stand below that one; null is the top level. The mall decides by the same rule. */
export function standsBelow(type: number, parent: MenuNode | null): boolean {
  if (parent === null) {
    return type === MENU_FOLDER;
  }
  return type === MENU_BUTTON ? parent.type === MENU_PAGE : parent.type === MENU_FOLDER;
}

/** Menus that one may be put below; never itself or what is below it. */
export function parentsFor(nodes: readonly MenuNode[], type: number, self: string | null): MenuNode[] {
  return nodes
    .filter((menu) => menu.menu_id !== self)
    .flatMap((menu) => [...(standsBelow(type, menu) ? [menu] : []), ...parentsFor(menu.children, type, self)]);
}

export type DropPlace = "before" | "inside" | "after";

export interface Move {
  menu: MenuNode;
  parent_id: string | null;
  /** Whether it comes from elsewhere. */
  isNewParent: boolean;
  /** Everything below the parent afterwards, in order. */
  menu_ids: string[];
}

/** What a drop means; null when the menu cannot stand there, or stands there already. */
export function moveFor(nodes: readonly MenuNode[], dragged: string, target: string, place: DropPlace): Move | null {
  const all = allOf(nodes);
  const menu = all.find((one) => one.menu_id === dragged);
  const onto = all.find((one) => one.menu_id === target);
  if (!menu || !onto || allOf([menu]).includes(onto)) {
    return null;
  }
  const parent = place === "inside" ? onto : (all.find((one) => one.menu_id === onto.parent_id) ?? null);
  const parent_id = parent?.menu_id ?? null;
  const isNewParent = parent_id !== menu.parent_id;
  if (!standsBelow(menu.type, parent) || (isNewParent && menu.is_base)) {
    return null;
  }
  const before = (parent?.children ?? nodes).map((one) => one.menu_id);
  const menu_ids = before.filter((id) => id !== dragged);
  const position = place === "inside" ? menu_ids.length : menu_ids.indexOf(target) + (place === "after" ? 1 : 0);
  menu_ids.splice(position, 0, dragged);
  return !isNewParent && menu_ids.join() === before.join() ? null : { menu, parent_id, isNewParent, menu_ids };
}

/** One place up or down among its siblings; null at the end. */
export function stepFor(nodes: readonly MenuNode[], row: MenuRow, step: -1 | 1): Move | null {
  const index = row.siblings.findIndex((one) => one.menu_id === row.menu.menu_id);
  const neighbour = row.siblings[index + step];
  return neighbour ? moveFor(nodes, row.menu.menu_id, neighbour.menu_id, step < 0 ? "before" : "after") : null;
}

const EDGE = 0.3;

/** Where a pointer is over a row: near an edge it means beside it, in the middle inside it. */
export function placeAt(share: number): DropPlace {
  return share < EDGE ? "before" : share > 1 - EDGE ? "after" : "inside";
}
