import { describe, expect, it } from "vitest";

import { withQuery } from "./query-string";

describe("withQuery", () => {
  it("leaves out what has no value, and encodes what has", () => {
    expect(withQuery("/products", { keyword: "茶 & 水", cursor: null, sort: undefined, merchant_id: "", limit: 20 })).toBe(
      "/products?keyword=%E8%8C%B6%20%26%20%E6%B0%B4&limit=20",
    );
  });

  it("repeats the name for each member of a list", () => {
    expect(withQuery("/items", { sku_id: ["1", "2"] })).toBe("/items?sku_id=1&sku_id=2");
  });

  it("is the path alone without a query", () => {
    expect(withQuery("/cart")).toBe("/cart");
  });
});
