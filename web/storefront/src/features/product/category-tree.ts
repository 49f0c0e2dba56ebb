/** Finding one's way in the category tree. Pure. */

import type { Category } from "@/api/types";

/** From level 1 down to the category itself; empty when the tree does not hold it. */
export function pathTo(tree: readonly Category[], categoryId: string): Category[] {
  for (const category of tree) {
    if (category.category_id === categoryId) {
      return [category];
    }
    const below = pathTo(category.children, categoryId);
    if (below.length > 0) {
      return [category, ...below];
    }
  }
  return [];
}
