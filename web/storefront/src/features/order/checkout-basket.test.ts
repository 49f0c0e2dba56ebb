import { describe, expect, it } from "vitest";

import type { Cart, CartItem } from "@/api/types";

import { cartBasket, directBasket } from "./checkout-basket";

function makeItem(sku_id: string, changes: Partial<CartItem> = {}): CartItem {
  return {
    sku_id,
    spu_id: "1",
    sku_name: "杯子",
    sku_spec: "",
    quantity: 1,
    selected: true,
    added_price_fen: 100,
    price_fen: 100,
    amount_fen: 100,
    stock: 1,
    is_valid: true,
    invalid_reason: null,
    image_url: null,
    ...changes,
  };
}

function makeCart(items: CartItem[]): Cart {
  return {
    merchants: [{ merchant_id: "7", name: "甲", items }],
    selected_quantity: 0,
    selected_amount_fen: 0,
    total_quantity: items.length,
  };
}

describe("what a checkout orders", () => {
  it("is the ticked and valid lines of the cart, by name", () => {
    const cart = makeCart([makeItem("1"), makeItem("2", { selected: false }), makeItem("3", { is_valid: false })]);

    expect(cartBasket(cart)).toEqual({ from_cart: true, sku_ids: ["1"], items: null });
  });

  it("is nothing when no line is ticked", () => {
    expect(cartBasket(makeCart([makeItem("1", { selected: false })]))).toBeNull();
  });

  it("is one SKU when bought directly", () => {
    expect(directBasket("65605678", "2")).toEqual({
      from_cart: false,
      sku_ids: null,
      items: [{ sku_id: "65605678", quantity: 2 }],
    });
  });

  it("is nothing when the address was tampered with", () => {
    for (const [skuId, quantity] of [["x", "1"], ["1", "0"], ["1", "-1"], ["1", "1.5"], ["1", undefined], [undefined, "1"]]) {
      expect(directBasket(skuId, quantity)).toBeNull();
    }
  });
});
