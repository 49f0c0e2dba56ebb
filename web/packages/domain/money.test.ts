import { describe, expect, it } from "vitest";

import { formatFen, priceParts } from "./money";

describe("money", () => {
  it("shows cents with two digits", () => {
    expect(formatFen(1)).toBe("¥0.01");
    expect(formatFen(1990)).toBe("¥19.90");
    expect(formatFen(2000)).toBe("¥20.00");
  });

  it("groups thousands of yuan", () => {
    expect(formatFen(99_999)).toBe("¥999.99");
    expect(formatFen(123_456_789_00)).toBe("¥123,456,789.00");
  });

  it("puts the sign before the currency mark", () => {
    expect(formatFen(-1050)).toBe("-¥10.50");
    expect(formatFen(-0)).toBe("¥0.00");
  });

  it("splits an amount for a price with small decimals", () => {
    expect(priceParts(123_405)).toEqual({ sign: "", yuan: "1,234", cents: "05" });
  });

  it("refuses what is not a whole number of fen", () => {
    expect(() => formatFen(19.9)).toThrow(RangeError);
    expect(() => formatFen(Number.NaN)).toThrow(RangeError);
    expect(() => formatFen(2 ** 53)).toThrow(RangeError);
  });
});
