import { describe, expect, it } from "vitest";

import { addressText } from "./address-text";

describe("addressText", () => {
  it("joins the region and sets the street apart", () => {
    const place = { recv_province: "浙江省", recv_city: "杭州市", recv_area: "西湖区", recv_addr: "文三路 1 号" };

    expect(addressText(place)).toBe("浙江省杭州市西湖区 文三路 1 号");
  });

  it("names a municipality once", () => {
    const place = { recv_province: "上海市", recv_city: "上海市", recv_area: "黄浦区", recv_addr: "人民路 1 号" };

    expect(addressText(place)).toBe("上海市黄浦区 人民路 1 号");
  });
});
