import { describe, expect, it } from "vitest";

import type { Menu } from "@/session/session";

import { placesIn } from "./menu-tree";
import type { Page } from "./pages";
import { PAGES } from "./pages";
import { safeReturnPath } from "./return-path";
import { routesFor } from "./routes";

const fallbacks = { missing: { name: "missing" }, forbidden: { name: "forbidden" }, forbiddenTitle: () => "no permission" };

function menu(url: string | null, children: Menu[] = [], name = url ?? "folder"): Menu {
  return {
    menu_id: name,
    parent_id: null,
    name,
    name_en: `${name} (en)`,
    type: url === null ? 0 : 1,
    url,
    icon: null,
    order_num: 0,
    children,
  };
}

function page(menuUrl: string | null, below?: string): Page {
  return { menu: menuUrl, below, view: async () => ({ default: { name: `${menuUrl}/${below ?? ""}` } }) };
}

describe("the menu tree", () => {
  it("gives its pages in order, each with the folders above it", () => {
    const tree = [menu(null, [menu("sys/log"), menu(null, [menu("job/log")], "inner")], "outer"), menu("shop")];

    const found = placesIn(tree).map(({ url, folders }) => [url, folders.map((folder) => folder.name)]);

    expect(found).toEqual([
      ["sys/log", ["outer"]],
      ["job/log", ["outer", "inner"]],
      ["shop", []],
    ]);
  });

  it("counts an address that stands twice once", () => {
    expect(placesIn([menu("sys/log"), menu("sys/log", [], "again")])).toHaveLength(1);
  });
});

describe("routes", () => {
  it("open a menu's page and what lies below it", () => {
    const routes = routesFor(placesIn([menu("sys/user")]), [page("sys/user"), page("sys/user", ":user_id")], fallbacks);

    expect(routes.map((route) => route.path)).toEqual(["/sys/user", "/sys/user/:user_id"]);
    expect(routes.map((route) => route.component)).not.toContain(fallbacks.forbidden);
    expect(routes[0]?.meta?.menuUrl).toBe("sys/user");
  });

  it("show a page that we have and the account has no menu for as forbidden, never its view", () => {
    const [route] = routesFor([], [page("sys/user")], fallbacks);

    expect(route?.component).toBe(fallbacks.forbidden);
    expect(route?.meta?.title?.()).toBe("no permission");
  });

  it("show a menu that we have no page for as missing, under the menu's name", () => {
    const [route] = routesFor(placesIn([menu("crm/unheard-of")]), [], fallbacks);

    expect([route?.path, route?.component]).toEqual(["/crm/unheard-of", fallbacks.missing]);
    expect(route?.meta?.title?.()).toBe("crm/unheard-of (en)");
  });

  it("open pages of every account without a menu", () => {
    const [home] = routesFor([], [page(null, "")], fallbacks);

    expect([home?.path, home?.component === fallbacks.forbidden]).toEqual(["/", false]);
  });

  it("of this console stand at an address each", () => {
    const addresses = PAGES.map(({ menu: url, below }) => `${url ?? ""}/${below ?? ""}`);

    expect(new Set(addresses).size).toBe(addresses.length);
    expect(addresses).toContain("sys/log/");
  });
});

describe("the way back after signing in", () => {
  it.each(["/sys/log?page=2", "/"])("is a page of ours: %s", (path) => {
    expect(safeReturnPath(path)).toBe(path);
  });

  it.each(["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/sign-in?to=/", undefined, ["/a"]])(
    "is never %s",
    (path) => {
      expect(safeReturnPath(path)).toBe("/");
    },
  );
});
