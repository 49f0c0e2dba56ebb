import { CATEGORIES, merchantPath, productPath, productsPath } from "@/api/catalogue-paths";
import { HOME_QUERY, listQuery } from "@/features/product/list-query";

/** The public calls that a page opened by its address makes first. */
export function firstCalls(page: string, options: Record<string, string | undefined>): string[] {
  switch (page) {
    case "pages/home/index":
      return [productsPath(HOME_QUERY), CATEGORIES];
    case "pages/category/index":
      return [CATEGORIES];
    case "pages/product/list":
      return [
        productsPath(listQuery(options)),
        CATEGORIES,
        ...(options.merchant_id ? [merchantPath(options.merchant_id)] : []),
      ];
    case "pages/product/detail":
      return options.spu_id ? [productPath(options.spu_id)] : [];
    default:
      return [];
  }
}
