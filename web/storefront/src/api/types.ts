/** Shapes of the store API that the screens use. Ids are strings, amounts whole fen, times ISO 8601 UTC. */

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

export interface Member {
  member_id: string;
  username: string;
  nickname: string;
  /** Masked. */
  mobile: string;
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

export interface Category {
  category_id: string;
  name: string;
  image_url?: string | null;
  children: Category[];
}

export interface ProductCard {
  spu_id: string;
  title: string;
  subtitle: string | null;
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
  subtitle: string | null;
  promotion_desc: string | null;
  category_id: string;
  merchant: MerchantRef;
  images: string[];
  detail_images: string[];
  detail_html: string | null;
  is_sold_out: boolean;
  sales?: number;
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
  recv_post_code: string | null;
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

export interface OrderInput {
  from_cart: boolean;
  sku_ids: string[] | null;
  items: DirectItem[] | null;
  address_id: string | null;
  /** Merchant id → words for that merchant. */
  remarks: Record<string, string>;
}

export interface OrderPlacing extends OrderInput {
  /** The total the shopper saw and agreed to. */
  expected_pay_fen: number;
}

export interface OrderItem {
  order_item_id?: string;
  sku_id: string;
  spu_id: string;
  sku_name: string;
  sku_spec: string;
  quantity: number;
  price_fen: number;
  pay_fen: number;
  image_url?: string | null;
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
  buyer_remark: string | null;
}

export interface Order extends OrderMoney {
  order_id: string;
  order_no: string;
  status: number;
  status_name: string;
  should_paid_before: string | null;
  cashier_url: string | null;
  seller_orders: SellerOrder[];
  created_at?: string;
  paid_at?: string | null;
  /** Set while a close is being proven at the payment channel. */
  close_requested_at?: string | null;
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

/** `details` of `order.sold_out`. */
export interface SoldOutDetails {
  skus: { sku_id: string; wanted: number; left: number }[];
}
