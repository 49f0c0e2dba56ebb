import { describe, expect, it } from "vitest";

import type { Cart, CartItem } from "@/api/types";

import {
  buyableGroups,
  checkoutItems,
  invalidItems,
  invalidReason,
  priceDropFen,
  tickState,
  withQuantity,
  withTicks,
} from "./cart-view";

function makeItem(sku_id: string, changes: Partial<CartItem> = {}): CartItem {
  return {
    sku_id,
    spu_id: `spu-${sku_id}`,
    sku_name: "杯子",
    sku_spec: "黑",
    quantity: 1,
    selected: true,
    added_price_fen: 1000,
    price_fen: 1000,
    amount_fen: 1000,
    stock: 8,
    is_valid: true,
    invalid_reason: null,
    image_url: null,
    ...changes,
  };
}

function makeCart(): Cart {
  return {
    merchants: [
      { merchant_id: "7", name: "甲", items: [makeItem("1"), makeItem("2", { selected: false })] },
      { merchant_id: "8", name: "乙", items: [makeItem("3", { is_valid: false, invalid_reason: "off_shelf" })] },
    ],
    selected_quantity: 1,
    selected_amount_fen: 1000,
    total_quantity: 3,
  };
}

const ids = (items: CartItem[]) => items.map((item) => item.sku_id);

describe("cart view", () => {
  it("keeps invalid lines apart, and drops a merchant that has nothing else", () => {
    expect(buyableGroups(makeCart()).map((group) => [group.merchant_id, ids(group.items)])).toEqual([["7", ["1", "2"]]]);
    expect(ids(invalidItems(makeCart()))).toEqual(["3"]);
  });

  it("never checks out an invalid line, ticked or not", () => {
    expect(ids(checkoutItems(makeCart()))).toEqual(["1"]);
  });

  it("says why a line cannot be bought, also for a reason it does not know yet", () => {
    expect(invalidReason(makeItem("1", { is_valid: false, invalid_reason: "sold_out" }))).toBe("已售罄");
    expect(invalidReason(makeItem("1", { is_valid: false, invalid_reason: "on_the_moon" }))).toBe("暂时不能购买");
  });

  it("says whether all, some or none are ticked", () => {
    expect(tickState([makeItem("1"), makeItem("2")])).toBe("all");
    expect(tickState([makeItem("1"), makeItem("2", { selected: false })])).toBe("some");
    expect(tickState([makeItem("1", { selected: false })])).toBe("none");
    expect(tickState([])).toBe("none");
  });

  it("hints at a price only when it fell", () => {
    expect(priceDropFen(makeItem("1", { added_price_fen: 1990, price_fen: 1890 }))).toBe(100);
    expect(priceDropFen(makeItem("1", { added_price_fen: 1890, price_fen: 1990 }))).toBe(0);
  });

  it("shows ticks and quantities at once, and leaves amounts to the mall", () => {
    const ticked = withTicks(makeCart(), ["2"], true);
    const changed = withQuantity(makeCart(), "1", 4);

    expect(ids(checkoutItems(ticked))).toEqual(["1", "2"]);
    expect(ticked.selected_amount_fen).toBe(1000);
    expect(changed.merchants[0]?.items[0]).toEqual(makeItem("1", { quantity: 4 }));
    expect(makeCart().merchants[0]?.items[0]?.quantity).toBe(1);
  });
});
