import { get, post, send } from "./request";
import type { Order, OrderCounts, OrderDetail, OrderInput, OrderPlacing, OrderPreview, Page } from "./types";

export function previewOrder(input: OrderInput): Promise<OrderPreview> {
  return post("/store/v1/orders/preview", input);
}

/** Place an order; repeating the same body with the same key gives the first answer again. */
export function placeOrder(placing: OrderPlacing, idempotencyKey: string): Promise<Order> {
  return post("/store/v1/orders", placing, { headers: { "Idempotency-Key": idempotencyKey } });
}

export function listOrders(status: number | null, cursor: string | null): Promise<Page<Order>> {
  return get("/store/v1/orders", { status, cursor, limit: 10 });
}

export function getOrder(orderId: string): Promise<OrderDetail> {
  return get(`/store/v1/orders/${orderId}`);
}

export function countOrders(): Promise<OrderCounts> {
  return get("/store/v1/orders/counts");
}

/** Cancel an unpaid order: `closed`, or `closing` while the payment channel's close is being proven. */
export async function cancelOrder(orderId: string): Promise<"closed" | "closing"> {
  const answer = await send("POST", `/store/v1/orders/${orderId}/cancel`, { body: {} });
  return answer.status === 202 ? "closing" : "closed";
}
