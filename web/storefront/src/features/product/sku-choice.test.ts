import { describe, expect, it } from "vitest";

import type { Sku } from "@/api/types";

import {
  choiceImage,
  chosenSku,
  missingAttrs,
  priceRange,
  stockLeft,
  toggleValue,
  valueState,
  withForcedValues,
} from "./sku-choice";

function makeSku(sku_id: string, sale_attr: Record<string, string>, changes: Partial<Sku> = {}): Sku {
  const spec = Object.values(sale_attr).join(" ");
  return { sku_id, sale_attr, spec, price_fen: 1000, stock: 5, image_url: null, ...changes };
}

/** Black in S and M (M sold out), white in S alone. */
function makeShirt() {
  return {
    images: ["/files/main.webp"],
    sale_attrs: [
      { name: "颜色", values: ["黑", "白"] },
      { name: "尺码", values: ["S", "M"] },
    ],
    skus: [
      makeSku("1", { 颜色: "黑", 尺码: "S" }, { price_fen: 990 }),
      makeSku("2", { 颜色: "黑", 尺码: "M" }, { stock: 0 }),
      makeSku("3", { 颜色: "白", 尺码: "S" }, { price_fen: 1290, stock: 2, image_url: "/files/white.webp" }),
    ],
  };
}

describe("states of a value", () => {
  it("is impossible when no SKU has it together with the other choices", () => {
    expect(valueState(makeShirt(), { 颜色: "白" }, "尺码", "M")).toBe("impossible");
  });

  it("is sold out when every SKU that has it is", () => {
    expect(valueState(makeShirt(), {}, "尺码", "M")).toBe("sold_out");
    expect(valueState(makeShirt(), { 颜色: "黑" }, "尺码", "M")).toBe("sold_out");
  });

  it("ignores the choice of its own attribute, so that one can change one's mind", () => {
    expect(valueState(makeShirt(), { 颜色: "白" }, "颜色", "黑")).toBe("available");
  });
});

describe("choosing", () => {
  it("picks a value, replaces it, and drops it at the second tap", () => {
    expect(toggleValue({}, "颜色", "黑")).toEqual({ 颜色: "黑" });
    expect(toggleValue({ 颜色: "黑", 尺码: "S" }, "颜色", "白")).toEqual({ 颜色: "白", 尺码: "S" });
    expect(toggleValue({ 颜色: "白", 尺码: "S" }, "颜色", "白")).toEqual({ 尺码: "S" });
  });

  it("names the SKU only when every attribute is chosen", () => {
    expect(chosenSku(makeShirt(), { 颜色: "黑" })).toBeNull();
    expect(chosenSku(makeShirt(), { 颜色: "黑", 尺码: "S" })?.sku_id).toBe("1");
    expect(missingAttrs(makeShirt(), { 尺码: "S" })).toEqual(["颜色"]);
  });

  it("has the one SKU of a product without attributes at once", () => {
    const plain = { images: [], sale_attrs: [], skus: [makeSku("9", {})] };

    expect(chosenSku(plain, withForcedValues(plain, {}))?.sku_id).toBe("9");
  });

  it("picks what has one buyable value left, and what follows from it", () => {
    expect(withForcedValues(makeShirt(), {})).toEqual({ 尺码: "S" });
    expect(withForcedValues(makeShirt(), { 颜色: "白" })).toEqual({ 颜色: "白", 尺码: "S" });
  });

  it("picks nothing of a product that is sold out", () => {
    const shirt = makeShirt();
    const empty = { ...shirt, skus: shirt.skus.map((sku) => ({ ...sku, stock: 0 })) };

    expect(withForcedValues(empty, {})).toEqual({});
  });
});

describe("what a choice shows", () => {
  it("narrows the price range to the exact price", () => {
    expect(priceRange(makeShirt(), {})).toEqual({ lowFen: 990, highFen: 1290 });
    expect(priceRange(makeShirt(), { 颜色: "白" })).toEqual({ lowFen: 1290, highFen: 1290 });
    expect(priceRange(makeShirt(), { 颜色: "白", 尺码: "M" })).toBeNull();
  });

  it("changes the picture with the colour, even before the size is chosen", () => {
    expect(choiceImage(makeShirt(), {})).toBe("/files/main.webp");
    expect(choiceImage(makeShirt(), { 颜色: "白" })).toBe("/files/white.webp");
    expect(choiceImage(makeShirt(), { 颜色: "黑" })).toBe("/files/main.webp");
  });

  it("adds up the stock that is still possible", () => {
    expect(stockLeft(makeShirt(), {})).toBe(7);
    expect(stockLeft(makeShirt(), { 颜色: "白", 尺码: "S" })).toBe(2);
  });
});
