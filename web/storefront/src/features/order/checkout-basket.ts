/** What a checkout is about: ticked lines of the cart, or one SKU bought directly. */

import { getCart } from "@/api/cart";
import type { Cart, OrderInput } from "@/api/types";
import { checkoutItems } from "@/features/cart/cart-view";

export type Basket = Pick<OrderInput, "from_cart" | "sku_ids" | "items">;

/** Read the basket that the page's address speaks of; null when there is nothing to order. */
export async function readBasket(options: Record<string, string | undefined>): Promise<Basket | null> {
  if (options.from === "cart") {
    return cartBasket(await getCart());
  }
  return directBasket(options.sku_id, options.quantity);
}

export function cartBasket(cart: Cart): Basket | null {
  const skuIds = checkoutItems(cart).map((item) => item.sku_id);
  return skuIds.length > 0 ? { from_cart: true, sku_ids: skuIds, items: null } : null;
}

export function directBasket(skuId: string | undefined, quantity: string | undefined): Basket | null {
  const count = Number(quantity);
  if (!skuId || !/^\d+$/.test(skuId) || !Number.isInteger(count) || count < 1) {
    return null;
  }
  return { from_cart: false, sku_ids: null, items: [{ sku_id: skuId, quantity: count }] };
}
