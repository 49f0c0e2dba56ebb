import { orderUrl, replacePage } from "./navigation";

/** A mini program cannot show the web cashier: the order's own page offers what can be done. */
export function openCashier(_cashierUrl: string, orderId: string): void {
  replacePage(orderUrl(orderId));
}
