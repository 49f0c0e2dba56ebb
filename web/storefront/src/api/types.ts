/** Names of the store API's shapes, as the screens use them; the shapes themselves are generated from OpenAPI. */

import type { components } from "@api-client/schema";

type Schemas = components["schemas"];

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

export type Member = Schemas["MemberOut"];
export type SignedIn = Schemas["SignedInOut"];
export type Registration = Pick<Schemas["RegisterBody"], "username" | "mobile" | "password">;

export type AddressInput = Omit<Schemas["AddressOut"], "address_id">;
export type Address = Schemas["AddressOut"];

export type MerchantRef = Schemas["MerchantNameOut"];
/** A shop, with what the law asks a platform to show of it (亮照经营). */
export type Merchant = Schemas["MerchantOut"];
export type Category = Schemas["CategoryOut"];
export type ProductCard = Schemas["ProductCardOut"];
export type ProductSort = Schemas["ProductSort"];
export type ProductQuery = Partial<Pick<Schemas["ProductListQuery"], "category_id" | "keyword" | "merchant_id" | "sort">>;
export type Product = Schemas["ProductOut"];
export type SaleAttr = Schemas["SaleAttributeOut"];
export type Sku = Schemas["SkuOut"];

export type Cart = Schemas["CartOut"];
export type CartGroup = Schemas["CartMerchantOut"];
export type CartItem = Schemas["CartItemOut"];

/** What to order; the mall prices nothing without an address. Remarks are by merchant id. */
export type OrderInput = Pick<Schemas["OrderCreate"], "from_cart" | "sku_ids" | "items" | "address_id" | "remarks">;
/** The same with the total the shopper saw and agreed to. */
export type OrderPlacing = OrderInput & Pick<Schemas["OrderCreate"], "expected_pay_fen">;
export type OrderPreview = Schemas["PreviewOut"];
export type OrderItem = Schemas["PreviewItemOut"];
export type Order = Schemas["OrderOut"];
export type OrderDetail = Schemas["OrderDetailOut"];
export type SellerOrder = Schemas["SellerOrderOut"];
export type TimelineEntry = Schemas["TimelineOut"];
export type OrderCounts = Schemas["OrderCountOut"];

/** The body of every error; `details` depends on the code. */
export type Refusal = Schemas["RefusalOut"];

/** `details` of `order.sold_out`. */
export interface SoldOutDetails {
  skus: { sku_id: string; wanted: number; left: number }[];
}
