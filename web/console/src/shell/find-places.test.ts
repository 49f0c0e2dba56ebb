import { expect, it } from "vitest";

import { placesIn } from "@/router/menu-tree";
import type { Menu } from "@/session/session";

import { findPlaces } from "./find-places";

function menu(name: string, nameEn: string, url: string | null, children: Menu[] = []): Menu {
  return { menu_id: name, parent_id: null, name, name_en: nameEn, type: url ? 1 : 0, url, icon: null, order_num: 0, children };
}

const places = placesIn([
  menu("系统管理", "System", null, [
    menu("登录日志", "Sign-in log", "sys/login-log"),
    menu("日志", "Log", "sys/log"),
    menu("角色管理", "Roles", "sys/role"),
  ]),
]);

function found(text: string): string[] {
  return findPlaces(places, text).map((place) => place.url);
}

it("finds pages by either name, beginnings first", () => {
  expect(found("日志")).toEqual(["sys/log", "sys/login-log"]);
  expect(found("LOG")).toEqual(["sys/log", "sys/login-log"]);
});

it("finds pages by their address and by the folder above", () => {
  expect(found("sys/role")).toEqual(["sys/role"]);
  expect(found("system")).toEqual(["sys/login-log", "sys/log", "sys/role"]);
});

it("shows everything for an empty text and nothing for an unknown one", () => {
  expect(found("  ")).toHaveLength(3);
  expect(found("nowhere")).toEqual([]);
});
