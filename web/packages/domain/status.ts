/** Status codes of orders and seller orders, and the words shoppers read for them. */

export const OrderStatus = {
  toPay: 1,
  toShip: 2,
  toReceive: 3,
  succeeded: 4,
  /** Seller orders only. */
  inAfterSale: 5,
  closed: 6,
} as const;

export type OrderStatusCode = (typeof OrderStatus)[keyof typeof OrderStatus];

const ORDER_LABELS: Readonly<Record<OrderStatusCode, string>> = {
  1: "待付款",
  2: "待发货",
  3: "待收货",
  4: "已完成",
  5: "售后中",
  6: "已关闭",
};

/** The label of a status; a code this client does not know yet is shown as a number, not hidden. */
export function orderStatusLabel(status: number): string {
  return ORDER_LABELS[status as OrderStatusCode] ?? `状态 ${status}`;
}

export interface OrderTab {
  label: string;
  /** `null` means every status. */
  status: OrderStatusCode | null;
}

export const ORDER_TABS: readonly OrderTab[] = [
  { label: "全部", status: null },
  { label: "待付款", status: OrderStatus.toPay },
  { label: "待发货", status: OrderStatus.toShip },
  { label: "待收货", status: OrderStatus.toReceive },
  { label: "已完成", status: OrderStatus.succeeded },
  { label: "已关闭", status: OrderStatus.closed },
];
