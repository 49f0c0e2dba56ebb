/** What a shopper can do with an order of theirs. */

import { cancelOrder } from "@/api/orders";
import type { Order } from "@/api/types";
import { openCashier } from "@platform/cashier";
import { showFailure, toast } from "@platform/notify";
import { confirmed } from "@platform/question";
import { OrderStatus } from "@domain/status";

/** Whether it can still be paid, and so cancelled; the mall decides in the end. */
export function isOpen(order: Order): boolean {
  return order.status === OrderStatus.toPay && !order.is_closing;
}

export function payOrder(order: Order): void {
  openCashier(order.cashier_url, order.order_id);
}

/** Ask, cancel and say what came of it; true when the order has to be read again. */
export async function askAndCancel(order: Order): Promise<boolean> {
  if (!(await confirmed("取消订单", "取消后不能恢复，还想要的话可以重新下单。", "取消订单"))) {
    return false;
  }
  try {
    const outcome = await cancelOrder(order.order_id);
    toast(outcome === "closed" ? "订单已取消" : "正在向支付渠道确认，稍后关闭");
  } catch (error) {
    showFailure(error);
  }
  return true;
}
