/** How a cart is shown: valid lines per merchant, invalid ones folded away, tick states. Pure. */

import type { Cart, CartGroup, CartItem } from "@/api/types";

export type TickState = "all" | "some" | "none";

/** Groups that still have a line to buy, without their invalid lines. */
export function buyableGroups(cart: Cart): CartGroup[] {
  return cart.merchants
    .map((group) => ({ ...group, items: group.items.filter((item) => item.is_valid) }))
    .filter((group) => group.items.length > 0);
}

export function invalidItems(cart: Cart): CartItem[] {
  return cart.merchants.flatMap((group) => group.items.filter((item) => !item.is_valid));
}

/** The lines that a checkout would order now. */
export function checkoutItems(cart: Cart): CartItem[] {
  return cart.merchants.flatMap((group) => group.items.filter((item) => item.is_valid && item.selected));
}

const REASONS: Readonly<Record<string, string>> = {
  off_shelf: "已下架",
  merchant_closed: "店家暂停营业",
  sold_out: "已售罄",
};

/** Why a line cannot be bought, in the shopper's words. */
export function invalidReason(item: CartItem): string {
  return REASONS[item.invalid_reason ?? ""] ?? "暂时不能购买";
}

export function tickState(items: readonly CartItem[]): TickState {
  const ticked = items.filter((item) => item.selected).length;
  if (ticked === 0) {
    return "none";
  }
  return ticked === items.length ? "all" : "some";
}

/** How much cheaper one unit is than when it was put in; 0 when it is not. */
export function priceDropFen(item: CartItem): number {
  return Math.max(0, item.added_price_fen - item.price_fen);
}

/** The cart with some lines ticked or not, to show at once; amounts stay until the mall has counted again. */
export function withTicks(cart: Cart, skuIds: readonly string[], selected: boolean): Cart {
  return mapItems(cart, (item) => (skuIds.includes(item.sku_id) ? { ...item, selected } : item));
}

/** The cart with one line's quantity changed, to show at once. */
export function withQuantity(cart: Cart, skuId: string, quantity: number): Cart {
  return mapItems(cart, (item) => (item.sku_id === skuId ? { ...item, quantity } : item));
}

function mapItems(cart: Cart, change: (item: CartItem) => CartItem): Cart {
  return { ...cart, merchants: cart.merchants.map((group) => ({ ...group, items: group.items.map(change) })) };
}
