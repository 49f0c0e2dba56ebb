import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";

import type { Fen } from "@domain/money";

import YuanText from "./yuan-text.vue";

describe("an amount", () => {
  it("stands in yuan with both decimals, or as a dash where there is none", () => {
    const texts = [0, 5, 123_456_789, null].map((fen) => mount(YuanText, { props: { fen: fen as Fen | null } }).text());

    expect(texts).toEqual(["¥0.00", "¥0.05", "¥1,234,567.89", "–"]);
  });
});
