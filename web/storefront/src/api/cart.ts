import { get, patch, post, remove } from "./request";
import type { Cart } from "./types";

export function getCart(): Promise<Cart> {
  return get("/store/v1/cart");
}

/** Put `quantity` more of a SKU into the cart; `source` says which screen it came from. */
export function addToCart(skuId: string, quantity: number, source: string): Promise<unknown> {
  return post("/store/v1/cart/items", { sku_id: skuId, quantity, source });
}

export function changeCartItem(skuId: string, change: { quantity?: number; selected?: boolean }): Promise<unknown> {
  return patch(`/store/v1/cart/items/${skuId}`, change);
}

export function removeCartItems(skuIds: readonly string[]): Promise<void> {
  return remove("/store/v1/cart/items", { sku_id: skuIds });
}

export function selectWholeCart(selected: boolean): Promise<unknown> {
  return post("/store/v1/cart/selection", { selected });
}
