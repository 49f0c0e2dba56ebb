/** Shapes of the store API that the screens use. Ids are strings, amounts whole fen, times ISO 8601 UTC. */

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

export interface Member {
  member_id: string;
  username: string | null;
  nickname: string;
  /** Masked. */
  mobile: string | null;
  photo_url: string | null;
}

export interface SignedIn {
  token: string;
  expires_at: string;
  member: Member;
}

export interface MerchantRef {
  merchant_id: string;
  name: string;
}

/** A shop, with what the law asks a platform to show of it (亮照经营). */
export interface Merchant extends MerchantRef {
  diminutive: string;
  customer_hotline: string;
  address: string;
  uniform_social_credit_code: string;
  /** `free_over_fen` null: no total makes shipping free. */
  freight: { fee_fen: number; free_over_fen: number | null };
}

export interface Category {
  category_id: string;
  name: string;
  level: number;
  image_url: string | null;
  children: Category[];
}

export interface ProductCard {
  spu_id: string;
  title: string;
  subtitle: string;
  image_url: string | null;
  price_fen: number;
  sales: number;
  is_sold_out: boolean;
  merchant: MerchantRef;
}

export type ProductSort = "new" | "price" | "-price" | "sales";

export interface SaleAttr {
  name: string;
  values: string[];
}

export interface Sku {
  sku_id: string;
  /** Attribute name → value; one entry per sale attribute of the product. */
  sale_attr: Record<string, string>;
  spec: string;
  price_fen: number;
  stock: number;
  image_url: string | null;
}

export interface Product {
  spu_id: string;
  title: string;
  subtitle: string;
  promotion_desc: string;
  category_id: string;
  merchant: MerchantRef;
  images: string[];
  detail_images: string[];
  detail_html: string;
  is_sold_out: boolean;
  sales: number;
  sale_attrs: SaleAttr[];
  skus: Sku[];
}

export interface AddressInput {
  recv_name: string;
  recv_tel: string;
  recv_province: string;
  recv_city: string;
  recv_area: string;
  recv_addr: string;
  /** Six digits, or empty. */
  recv_post_code: string;
  is_default: boolean;
}

export interface Address extends AddressInput {
  address_id: string;
}

export interface CartItem {
  sku_id: string;
  spu_id: string;
  sku_name: string;
  sku_spec: string;
  quantity: number;
  selected: boolean;
  /** Price when the item was put into the cart. */
  added_price_fen: number;
  price_fen: number;
  amount_fen: number;
  stock: number;
  is_valid: boolean;
  /** A code: `off_shelf`, `merchant_closed`, `sold_out`; null while the line can be bought. */
  invalid_reason: string | null;
  image_url: string | null;
}

export interface CartGroup extends MerchantRef {
  items: CartItem[];
}

export interface Cart {
  merchants: CartGroup[];
  selected_quantity: number;
  selected_amount_fen: number;
  total_quantity: number;
}

export interface DirectItem {
  sku_id: string;
  quantity: number;
}

/** What to order; the mall prices nothing without an address. */
export interface OrderInput {
  from_cart: boolean;
  sku_ids: string[] | null;
  items: DirectItem[] | null;
  address_id: string;
  /** Merchant id → words for that merchant. */
  remarks: Record<string, string>;
}

export interface OrderPlacing extends OrderInput {
  /** The total the shopper saw and agreed to. */
  expected_pay_fen: number;
}

export interface OrderItem {
  sku_id: string;
  spu_id: string;
  sku_name: string;
  sku_spec: string;
  quantity: number;
  price_fen: number;
  pay_fen: number;
  image_url: string | null;
}

interface SellerMoney {
  merchant_id: string;
  merchant_name: string;
  item_total_fen: number;
  shipping_fen: number;
  discount_fen: number;
  pay_fen: number;
  items: OrderItem[];
}

interface OrderMoney {
  total_fen: number;
  shipping_fen: number;
  discount_fen: number;
  pay_fen: number;
}

export interface OrderPreview extends OrderMoney {
  seller_orders: SellerMoney[];
}

export interface SellerOrder extends SellerMoney {
  seller_order_id: string;
  status: number;
  status_name: string;
  /** 渠道订单号; null until this seller order's own transaction is paid. */
  wx_transaction_id: string | null;
  paid_at: string | null;
  buyer_remark: string;
}

export interface Order extends OrderMoney {
  order_id: string;
  order_no: string;
  status: number;
  status_name: string;
  should_paid_before: string;
  /** Its close is being proven at the payment channel: it cannot be paid any more. */
  is_closing: boolean;
  created_at: string;
  paid_at: string | null;
  cashier_url: string;
  seller_orders: SellerOrder[];
}

export interface TimelineEntry {
  at: string;
  event: string;
  text: string;
}

export interface OrderDetail extends Order {
  recv_name: string;
  recv_tel: string;
  recv_province: string;
  recv_city: string;
  recv_area: string;
  recv_addr: string;
  timeline: TimelineEntry[];
}

/** How many orders stand in each status. */
export interface OrderCounts {
  to_pay: number;
  to_ship: number;
  to_receive: number;
  succeeded: number;
  closed: number;
}

/** `details` of `order.sold_out`. */
export interface SoldOutDetails {
  skus: { sku_id: string; wanted: number; left: number }[];
}
