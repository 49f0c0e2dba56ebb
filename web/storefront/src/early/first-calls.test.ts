import { describe, expect, it } from "vitest";

import { firstCalls } from "./first-calls";

describe("firstCalls", () => {
  it("are the feed and the categories of the home page", () => {
    expect(firstCalls("pages/home/index", {})).toEqual([
      "/store/v1/products?sort=sales&limit=20",
      "/store/v1/categories",
    ]);
  });

  it("are a shop's goods and the shop itself", () => {
    expect(firstCalls("pages/product/list", { merchant_id: "3", sort: "sales" })).toEqual([
      "/store/v1/products?merchant_id=3&sort=sales&limit=20",
      "/store/v1/categories",
      "/store/v1/merchants/3",
    ]);
  });

  it("are one product of its page", () => {
    expect(firstCalls("pages/product/detail", { spu_id: "5" })).toEqual(["/store/v1/products/5"]);
  });

  it("are none where a member's own things are shown", () => {
    expect(firstCalls("pages/order/list", {})).toEqual([]);
  });
});
