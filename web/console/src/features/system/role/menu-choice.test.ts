import { expect, test } from "vitest";

import type { MenuNode } from "./calls";
import { grantable, markOf, toggled } from "./menu-choice";

function menu(menu_id: string, type: number, children: MenuNode[] = [], is_grantable = true): MenuNode {
  return {
    menu_id,
    parent_id: null,
    name: menu_id,
    name_en: "",
    url: null,
    perms: [],
    type,
    icon: null,
    order_num: 0,
    audience: "platform",
    is_base: true,
    is_grantable,
    children,
  };
}

const view = menu("view", 2);
const add = menu("add", 2);
const page = menu("page", 1, [view, add]);
const secret = menu("secret", 1, [], false);
const folder = menu("folder", 0, [page, secret]);
const tree = [folder];

test("a click on a button takes in what stands above it, and marks that as part", () => {
  const chosen = toggled(tree, new Set(), view);

  expect([...chosen].sort()).toEqual(["folder", "page", "view"]);
  expect(markOf(page, chosen)).toBe("part");
  expect(markOf(folder, chosen)).toBe("part");
  expect(markOf(add, chosen)).toBe("none");
});

test("a click on a part takes the whole branch, but never what cannot be granted", () => {
  const chosen = toggled(tree, new Set(["folder", "page", "view"]), folder);

  expect([...chosen].sort()).toEqual(["add", "folder", "page", "view"]);
  expect(markOf(folder, chosen)).toBe("whole");
});

test("a click on a whole page takes it out, and the folder that is empty then", () => {
  expect([...toggled(tree, new Set(["add", "folder", "page", "view"]), page)]).toEqual([]);
});

test("a page stays chosen when its last button goes", () => {
  const chosen = toggled(tree, new Set(["folder", "page", "view"]), view);

  expect([...chosen].sort()).toEqual(["folder", "page"]);
  expect(markOf(page, chosen)).toBe("part");
});

test("what somebody else granted beyond the editor's rights can be taken out, not given", () => {
  expect(markOf(secret, new Set(["secret"]))).toBe("whole");
  expect([...toggled(tree, new Set(["secret"]), secret)]).toEqual([]);
  expect([...toggled(tree, new Set(), secret)]).toEqual(["folder"]);
  expect(grantable(tree)).toEqual(["folder", "page", "view", "add"]);
});
