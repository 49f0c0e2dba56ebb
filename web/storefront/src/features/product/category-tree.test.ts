import { describe, expect, it } from "vitest";

import type { Category } from "@/api/types";

import { categoryIcon } from "./category-icon";
import { pathTo } from "./category-tree";

function makeCategory(category_id: string, children: Category[] = []): Category {
  return { category_id, name: `类目 ${category_id}`, level: 1, image_url: null, children };
}

const tree = [makeCategory("1", [makeCategory("11", [makeCategory("111")])]), makeCategory("2", [makeCategory("21")])];

describe("category tree", () => {
  it("names the way from level 1 down", () => {
    expect(pathTo(tree, "111").map((category) => category.category_id)).toEqual(["1", "11", "111"]);
    expect(pathTo(tree, "2").map((category) => category.category_id)).toEqual(["2"]);
  });

  it("has no way to a category it does not hold", () => {
    expect(pathTo(tree, "99")).toEqual([]);
  });

  it("gives a category with an unusual name the general icon", () => {
    expect(categoryIcon("数码影音")).toBe("headphones");
    expect(categoryIcon("古董")).toBe("tag");
  });
});
