import { describe, expect, it } from "vitest";

import { ApiError } from "@/api/errors";
import type { OrderPreview } from "@/api/types";

import { orderRefusal } from "./refusal";

function makeError(status: number, code: string, details: Record<string, unknown> = {}): ApiError {
  return new ApiError(status, { code, message: "不行", details, request_id: "r" });
}

const preview: OrderPreview = {
  total_fen: 2000,
  shipping_fen: 0,
  discount_fen: 0,
  pay_fen: 2000,
  seller_orders: [
    {
      merchant_id: "7",
      merchant_name: "甲",
      item_total_fen: 2000,
      shipping_fen: 0,
      discount_fen: 0,
      pay_fen: 2000,
      items: [{ sku_id: "5", spu_id: "1", sku_name: "杯子", sku_spec: "黑", quantity: 2, price_fen: 1000, pay_fen: 2000, image_url: null }],
    },
  ],
};

describe("orderRefusal", () => {
  it("names each short SKU with what is left of it", () => {
    const error = makeError(409, "order.sold_out", { skus: [{ sku_id: "5", wanted: 2, left: 1 }] });

    expect(orderRefusal(error, preview)).toEqual({
      kind: "sold_out",
      items: [{ sku_id: "5", name: "杯子 黑", wanted: 2, left: 1 }],
    });
  });

  it("carries the new total when the price changed", () => {
    expect(orderRefusal(makeError(409, "order.price_changed", { pay_fen: 1890 }), preview)).toEqual({
      kind: "price_changed",
      payFen: 1890,
    });
  });

  it("keeps the mall's words for every other refusal", () => {
    expect(orderRefusal(makeError(409, "order.sku_off_shelf"), preview)).toEqual({ kind: "refused", message: "不行" });
  });

  it("does not take a lost answer or a server failure for a refusal: the order may stand", () => {
    expect(orderRefusal(ApiError.noAnswer(), preview)).toBeNull();
    expect(orderRefusal(makeError(503, "server.unavailable"), preview)).toBeNull();
    expect(orderRefusal(makeError(401, "auth.required"), preview)).toBeNull();
  });
});
