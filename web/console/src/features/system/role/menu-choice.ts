/**
 * Choosing menus for a role: a tree in which a branch can be whole, part, or none.
 *
 * A chosen menu always has the menus above it, so the set reads as the tree shows it. A page can be
 * chosen without its buttons: untick them one by one.
 */

import { MENU_FOLDER } from "@/router/menu-tree";

import type { MenuNode } from "./calls";

export type Mark = "none" | "part" | "whole";

/** A menu and everything below it, in the order of the console. */
export function branch(node: MenuNode): MenuNode[] {
  return [node, ...node.children.flatMap(branch)];
}

/** How much of a branch is chosen, as far as it can be granted at all. */
export function markOf(node: MenuNode, chosen: ReadonlySet<string>): Mark {
  const all = branch(node).filter((one) => one.is_grantable || chosen.has(one.menu_id));
  const count = all.filter((one) => chosen.has(one.menu_id)).length;
  if (count === 0) {
    return "none";
  }
  return count === all.length ? "whole" : "part";
}

/** Menus above one, outermost first; null when it is not in the tree. */
function above(nodes: readonly MenuNode[], menu_id: string): MenuNode[] | null {
  for (const node of nodes) {
    if (node.menu_id === menu_id) {
      return [];
    }
    const found = above(node.children, menu_id);
    if (found) {
      return [node, ...found];
    }
  }
  return null;
}

/** The choice after a click: a whole branch is taken out, any other is taken in with what stands above it. */
export function toggled(nodes: readonly MenuNode[], chosen: ReadonlySet<string>, node: MenuNode): Set<string> {
  const next = new Set(chosen);
  if (markOf(node, chosen) === "whole") {
    branch(node).forEach((one) => next.delete(one.menu_id));
    dropEmptyFolders(nodes, next);
  } else {
    [...(above(nodes, node.menu_id) ?? []), ...branch(node)]
      .filter((one) => one.is_grantable)
      .forEach((one) => next.add(one.menu_id));
  }
  return next;
}

/** A folder with nothing chosen below it grants nothing and shows nothing. */
function dropEmptyFolders(nodes: readonly MenuNode[], chosen: Set<string>): void {
  for (const node of nodes) {
    dropEmptyFolders(node.children, chosen);
    if (node.type === MENU_FOLDER && node.children.length > 0 && !node.children.some((child) => chosen.has(child.menu_id))) {
      chosen.delete(node.menu_id);
    }
  }
}

/** Menus that can be granted, of the whole tree. */
export function grantable(nodes: readonly MenuNode[]): string[] {
  return nodes.flatMap(branch).filter((node) => node.is_grantable).map((node) => node.menu_id);
}
