import type { ProductQuery, ProductSort } from "@/api/types";
import { decoded } from "@platform/navigation";

const SORTS: readonly string[] = ["new", "price", "-price", "sales"] satisfies ProductSort[];

/** What the home page shows. */
export const HOME_QUERY: ProductQuery = { sort: "sales" };

/** What a list page's address asks for; a search shows the best matches first, anything else the newest. */
export function listQuery(options: Record<string, string | undefined>): ProductQuery {
  const keyword = decoded(options.keyword) || undefined;
  return {
    category_id: options.category_id,
    merchant_id: options.merchant_id,
    keyword,
    sort: isSort(options.sort) ? options.sort : keyword ? undefined : "new",
  };
}

function isSort(text: string | undefined): text is ProductSort {
  return text !== undefined && SORTS.includes(text);
}
