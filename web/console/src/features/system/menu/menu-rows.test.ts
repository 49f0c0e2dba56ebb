import { expect, test } from "vitest";

import { type MenuNode, found, moveFor, parentsFor, placeAt, rowsOf, stepFor } from "./menu-rows";

function menu(menu_id: string, type: number, parent_id: string | null, children: MenuNode[] = [], is_base = false): MenuNode {
  return {
    menu_id,
    parent_id,
    name: `名${menu_id}`,
    name_en: "",
    url: type === 1 ? `sys/${menu_id}` : null,
    perms: type === 2 ? [`sys:${menu_id}:list`] : [],
    type,
    icon: null,
    order_num: 0,
    audience: "platform",
    is_base,
    is_grantable: true,
    children,
  };
}

const view = menu("view", 2, "user");
const add = menu("add", 2, "user");
const user = menu("user", 1, "system", [view, add]);
const log = menu("log", 1, "system", [], true);
const system = menu("system", 0, null, [user, log]);
const shop = menu("shop", 0, null);
const tree = [system, shop];

test("rows follow the tree and leave out what is folded", () => {
  expect(rowsOf(tree, new Set(["user"])).map((row) => [row.menu.menu_id, row.level])).toEqual([
    ["system", 0],
    ["user", 1],
    ["log", 1],
    ["shop", 0],
  ]);
});

test("a search keeps what stands above its finds, by name, address or permission", () => {
  const ids = (words: string) => rowsOf(found(tree, words), new Set()).map((row) => row.menu.menu_id);

  expect(ids("SYS:ADD")).toEqual(["system", "user", "add"]);
  expect(ids("sys/log")).toEqual(["system", "log"]);
  expect(ids("名shop")).toEqual(["shop"]);
  expect(ids("nothing")).toEqual([]);
});

test("a drop beside a sibling is a new order", () => {
  expect(moveFor(tree, "log", "user", "before")).toMatchObject({ parent_id: "system", isNewParent: false, menu_ids: ["log", "user"] });
  expect(moveFor(tree, "shop", "system", "before")).toMatchObject({ parent_id: null, menu_ids: ["shop", "system"] });
});

test("a drop inside a folder is a move to its end", () => {
  expect(moveFor(tree, "user", "shop", "inside")).toMatchObject({ parent_id: "shop", isNewParent: true, menu_ids: ["user"] });
});

test.each([
  ["a page on the top level", "user", "shop", "before"],
  ["a button in a folder", "view", "shop", "inside"],
  ["a system menu in another folder", "log", "shop", "inside"],
  ["a folder below itself", "system", "user", "inside"],
  ["a menu where it stands", "user", "log", "before"],
] as const)("%s is refused", (_what, dragged, target, place) => {
  expect(moveFor(tree, dragged, target, place)).toBeNull();
});

test("a step goes to the neighbour's place, and nowhere at the end", () => {
  const [, userRow, , , logRow] = rowsOf(tree, new Set());

  expect(userRow && stepFor(tree, userRow, 1)?.menu_ids).toEqual(["log", "user"]);
  expect(logRow && stepFor(tree, logRow, 1)).toBeNull();
});

test("buttons go below pages, pages below folders, nothing below itself", () => {
  const ids = (type: number, self: string | null) => parentsFor(tree, type, self).map((one) => one.menu_id);

  expect(ids(2, null)).toEqual(["user", "log"]);
  expect(ids(1, null)).toEqual(["system", "shop"]);
  expect(ids(0, "system")).toEqual(["shop"]);
});

test("the middle of a row means inside it", () => {
  expect([placeAt(0.1), placeAt(0.5), placeAt(0.9)]).toEqual(["before", "inside", "after"]);
});
