import { CATEGORIES, merchantPath, productPath, productsPath } from "./catalogue-paths";
import { send } from "./request";
import type { Category, Merchant, Page, Product, ProductCard, ProductQuery } from "./types";

/** The category tree, level 1 first. */
export async function listCategories(): Promise<Category[]> {
  return (await read<{ items: Category[] }>(CATEGORIES)).items;
}

export function listProducts(query: ProductQuery, cursor: string | null): Promise<Page<ProductCard>> {
  return read(productsPath(query, cursor));
}

export function getProduct(spuId: string): Promise<Product> {
  return read(productPath(spuId));
}

export function getMerchant(merchantId: string): Promise<Merchant> {
  return read(merchantPath(merchantId));
}

/** The catalogue is public: it is read without a token, so that an expired one never hides it. */
async function read<Body>(path: string): Promise<Body> {
  return (await send<Body>("GET", path, { anonymous: true })).body;
}
