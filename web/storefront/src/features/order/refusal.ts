/** What the mall refused about an order, in the form a shopper can act on. Pure. */

import { ApiError } from "@/api/errors";
import type { OrderPreview, SoldOutDetails } from "@/api/types";

export interface ShortItem {
  sku_id: string;
  name: string;
  wanted: number;
  left: number;
}

export type OrderRefusal =
  | { kind: "sold_out"; items: ShortItem[] }
  | { kind: "price_changed"; payFen: number | null }
  /** A line that can no longer be ordered, or any other refusal with the mall's own words. */
  | { kind: "refused"; message: string };

/** Read a refusal; null when the error is none (no answer, server failure, login needed). */
export function orderRefusal(error: unknown, preview: OrderPreview | null): OrderRefusal | null {
  if (!(error instanceof ApiError) || ![404, 409, 422].includes(error.status)) {
    return null;
  }
  if (error.code === "order.sold_out") {
    return { kind: "sold_out", items: shortItems(error.details as Partial<SoldOutDetails>, preview) };
  }
  if (error.code === "order.price_changed") {
    const payFen = error.details.pay_fen;
    return { kind: "price_changed", payFen: Number.isSafeInteger(payFen) ? (payFen as number) : null };
  }
  return { kind: "refused", message: error.message };
}

function shortItems(details: Partial<SoldOutDetails>, preview: OrderPreview | null): ShortItem[] {
  const known = (preview?.seller_orders ?? []).flatMap((seller) => seller.items);
  return (details.skus ?? []).map((sku) => {
    const item = known.find((one) => one.sku_id === sku.sku_id);
    return { ...sku, name: item ? `${item.sku_name} ${item.sku_spec}`.trim() : "商品" };
  });
}
