/** Addresses of the public catalogue. */

import { withQuery } from "./query-string";
import type { ProductQuery } from "./types";

export const CATEGORIES = "/store/v1/categories";

export function productsPath(query: ProductQuery, cursor: string | null = null): string {
  return withQuery("/store/v1/products", { ...query, cursor, limit: 20 });
}

export function productPath(spuId: string): string {
  return `/store/v1/products/${spuId}`;
}

export function merchantPath(merchantId: string): string {
  return `/store/v1/merchants/${merchantId}`;
}
