import { get, patch, post, remove } from "./request";
import type { Cart } from "./types";

/** 来源: the screen from which something was put into the cart. */
export const CartSource = { home: 1, list: 2, detail: 3 } as const;

export function getCart(): Promise<Cart> {
  return get("/store/v1/cart");
}

/** Put `quantity` more of a SKU into the cart. Like every change it answers the whole cart. */
export function addToCart(skuId: string, quantity: number, source: number): Promise<Cart> {
  return post("/store/v1/cart/items", { sku_id: skuId, quantity, source });
}

export function changeCartItem(skuId: string, change: { quantity?: number; selected?: boolean }): Promise<Cart> {
  return patch(`/store/v1/cart/items/${skuId}`, change);
}

export function removeCartItems(skuIds: readonly string[]): Promise<Cart> {
  return remove("/store/v1/cart/items", { sku_id: skuIds });
}

export function selectWholeCart(selected: boolean): Promise<Cart> {
  return post("/store/v1/cart/selection", { selected });
}
