import { describe, expect, it } from "vitest";

import { safeReturnPath } from "./return-path";

describe("safeReturnPath", () => {
  it("goes back to the page that asked for the login, with its query", () => {
    expect(safeReturnPath("/pages/order/detail?order_id=42")).toBe("/pages/order/detail?order_id=42");
  });

  it("never leaves the storefront", () => {
    for (const wanted of ["https://evil.example/", "//evil.example/pages/a/b", "/pages/../pay", "javascript:alert(1)"]) {
      expect(safeReturnPath(wanted)).toBe("/pages/home/index");
    }
  });

  it("goes home when there is nowhere to return to, or back to a login page", () => {
    expect(safeReturnPath(undefined)).toBe("/pages/home/index");
    expect(safeReturnPath("/pages/auth/login")).toBe("/pages/home/index");
  });
});
