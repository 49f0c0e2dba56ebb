/** Choosing one SKU among a product's combinations of attribute values. Pure. */

import type { Product, SaleAttr, Sku } from "@/api/types";

/** Attribute name → chosen value; an attribute without a choice is absent. */
export type Choice = Readonly<Record<string, string>>;

/** Whether a value can still be picked, given the other attributes' choices. */
export type ValueState = "available" | "sold_out" | "impossible";

type Choosable = Pick<Product, "sale_attrs" | "skus">;

function agrees(sku: Sku, choice: Choice, except?: string): boolean {
  return Object.entries(choice).every(([name, value]) => name === except || sku.sale_attr[name] === value);
}

export function valueState(product: Choosable, choice: Choice, attr: string, value: string): ValueState {
  const matching = product.skus.filter((sku) => sku.sale_attr[attr] === value && agrees(sku, choice, attr));
  if (matching.length === 0) {
    return "impossible";
  }
  return matching.some((sku) => sku.stock > 0) ? "available" : "sold_out";
}

/** The choice after a tap on a value: it is picked, or dropped when it was picked before. */
export function toggleValue(choice: Choice, attr: string, value: string): Choice {
  const { [attr]: picked, ...others } = choice;
  return picked === value ? others : { ...others, [attr]: value };
}

/** Pick every attribute that has one single buyable value left, until nothing changes. */
export function withForcedValues(product: Choosable, choice: Choice): Choice {
  let current = choice;
  for (;;) {
    const forced = product.sale_attrs
      .filter((attr) => !(attr.name in current))
      .map((attr) => [attr.name, availableValues(product, current, attr)] as const)
      .find(([, values]) => values.length === 1);
    if (!forced) {
      return current;
    }
    current = { ...current, [forced[0]]: forced[1][0] as string };
  }
}

function availableValues(product: Choosable, choice: Choice, attr: SaleAttr): string[] {
  return attr.values.filter((value) => valueState(product, choice, attr.name, value) === "available");
}

/** The SKU that a complete choice names; null while something is missing. */
export function chosenSku(product: Choosable, choice: Choice): Sku | null {
  if (missingAttrs(product, choice).length > 0) {
    return null;
  }
  return product.skus.find((sku) => agrees(sku, choice)) ?? null;
}

export function missingAttrs(product: Choosable, choice: Choice): string[] {
  return product.sale_attrs.map((attr) => attr.name).filter((name) => !(name in choice));
}

/** The picture to show: of the chosen SKU, else of the first SKU that agrees with the choice so far. */
export function choiceImage(product: Choosable & Pick<Product, "images">, choice: Choice): string | null {
  const pictured = Object.keys(choice).length > 0 && product.skus.find((sku) => sku.image_url && agrees(sku, choice));
  return pictured ? pictured.image_url : (product.images[0] ?? null);
}

export interface PriceRange {
  lowFen: number;
  highFen: number;
}

/** Prices that are still possible with the choice so far; null when no SKU agrees. */
export function priceRange(product: Choosable, choice: Choice): PriceRange | null {
  const prices = product.skus.filter((sku) => agrees(sku, choice)).map((sku) => sku.price_fen);
  return prices.length > 0 ? { lowFen: Math.min(...prices), highFen: Math.max(...prices) } : null;
}

/** Units that can still be bought with the choice so far. */
export function stockLeft(product: Choosable, choice: Choice): number {
  return product.skus.filter((sku) => agrees(sku, choice)).reduce((sum, sku) => sum + sku.stock, 0);
}
