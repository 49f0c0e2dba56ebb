import { describe, expect, it } from "vitest";

import type { AddressInput } from "@/api/types";

import { checkAddress, checkRegistration } from "./account-rules";

function makeAddress(changes: Partial<AddressInput> = {}): AddressInput {
  return {
    recv_name: "张三",
    recv_tel: "13800138000",
    recv_province: "浙江省",
    recv_city: "杭州市",
    recv_area: "西湖区",
    recv_addr: "文三路 1 号",
    recv_post_code: "",
    is_default: false,
    ...changes,
  };
}

describe("checks before sending", () => {
  it("lets a complete registration pass", () => {
    expect(checkRegistration({ username: "li_lei", mobile: "13800138000", password: "correct horse" })).toEqual({});
  });

  it("names every field of a registration that is wrong", () => {
    const errors = checkRegistration({ username: "1", mobile: "12345", password: "short" });

    expect(Object.keys(errors)).toEqual(["username", "mobile", "password"]);
  });

  it("lets a complete address pass, with or without a post code", () => {
    expect(checkAddress(makeAddress())).toEqual({});
    expect(checkAddress(makeAddress({ recv_post_code: "310000" }))).toEqual({});
  });

  it("asks for the region when any of its three levels is missing", () => {
    expect(checkAddress(makeAddress({ recv_city: "" }))).toEqual({ recv_area: "请选择所在地区" });
  });

  it("refuses blank names, wrong phones and wrong post codes", () => {
    const errors = checkAddress(makeAddress({ recv_name: " ", recv_tel: "110", recv_addr: "", recv_post_code: "31000" }));

    expect(Object.keys(errors)).toEqual(["recv_name", "recv_tel", "recv_addr", "recv_post_code"]);
  });
});
