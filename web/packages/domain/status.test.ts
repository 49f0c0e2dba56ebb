import { describe, expect, it } from "vitest";

import { ORDER_TABS, orderStatusLabel } from "./status";

describe("status labels", () => {
  it("names every status of an order and of a seller order", () => {
    expect([1, 2, 3, 4, 5, 6].map(orderStatusLabel)).toEqual([
      "待付款",
      "待发货",
      "待收货",
      "已完成",
      "售后中",
      "已关闭",
    ]);
  });

  it("shows an unknown status as its number", () => {
    expect(orderStatusLabel(77)).toBe("状态 77");
  });

  it("labels each tab like the status it lists", () => {
    for (const tab of ORDER_TABS) {
      expect(tab.label).toBe(tab.status === null ? "全部" : orderStatusLabel(tab.status));
    }
  });
});
