import { send } from "./request";
import type { Category, Merchant, Page, Product, ProductCard, ProductQuery } from "./types";

/** The category tree, level 1 first. */
export async function listCategories(): Promise<Category[]> {
  return (await read<{ items: Category[] }>("/store/v1/categories")).items;
}

export function listProducts(query: ProductQuery, cursor: string | null, limit = 20): Promise<Page<ProductCard>> {
  return read("/store/v1/products", { ...query, cursor, limit });
}

export function getProduct(spuId: string): Promise<Product> {
  return read(`/store/v1/products/${spuId}`);
}

export function getMerchant(merchantId: string): Promise<Merchant> {
  return read(`/store/v1/merchants/${merchantId}`);
}

/** The catalogue is public: it is read without a token, so that an expired one never hides it. */
async function read<Body>(path: string, query: Record<string, string | number | null | undefined> = {}): Promise<Body> {
  return (await send<Body>("GET", path, { query, anonymous: true })).body;
}
