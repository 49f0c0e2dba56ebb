import { describe, expect, it } from "vitest";

import { clampQuantity, MOST_PER_LINE } from "./quantity";

describe("clampQuantity", () => {
  it("stays between one and the stock", () => {
    expect(clampQuantity(0, 3, 8)).toBe(1);
    expect(clampQuantity(9, 3, 8)).toBe(8);
    expect(clampQuantity(5, 3, 8)).toBe(5);
  });

  it("reads typed text, and keeps the present quantity when it is no whole number", () => {
    expect(clampQuantity(" 4 ", 3, 8)).toBe(4);
    expect(clampQuantity("", 3, 8)).toBe(3);
    expect(clampQuantity("1.5", 3, 8)).toBe(3);
    expect(clampQuantity("many", 3, 8)).toBe(3);
  });

  it("never passes the most that one line may have", () => {
    expect(clampQuantity(5000, 1, 100_000)).toBe(MOST_PER_LINE);
  });
});
