import { describe, expect, it } from "vitest";

import type { OrderPlacing } from "@/api/types";

import { type KeyStore, type StoredKey, Submission } from "./submission";

function makePlacing(changes: Partial<OrderPlacing> = {}): OrderPlacing {
  return {
    from_cart: true,
    sku_ids: ["1"],
    items: null,
    address_id: "5",
    remarks: {},
    expected_pay_fen: 1000,
    ...changes,
  };
}

function makeStore(): KeyStore {
  let kept: StoredKey | null = null;
  return {
    read: () => kept,
    write: (stored) => {
      kept = stored;
    },
  };
}

function countingKeys(): () => string {
  let count = 0;
  return () => `key-${++count}`;
}

describe("Submission", () => {
  it("repeats the key when the same content is sent again, also after a reload", () => {
    const store = makeStore();
    const newKey = countingKeys();

    expect(new Submission(store, newKey).keyFor(makePlacing())).toBe("key-1");
    expect(new Submission(store, newKey).keyFor(makePlacing())).toBe("key-1");
  });

  it("draws another key when anything that matters has changed", () => {
    const submission = new Submission(makeStore(), countingKeys());
    submission.keyFor(makePlacing());

    expect(submission.keyFor(makePlacing({ expected_pay_fen: 900 }))).toBe("key-2");
    expect(submission.keyFor(makePlacing({ expected_pay_fen: 900, remarks: { "7": "轻放" } }))).toBe("key-3");
  });

  it("draws another key for the same basket once an order stands", () => {
    const submission = new Submission(makeStore(), countingKeys());
    submission.keyFor(makePlacing());

    submission.finish();

    expect(submission.keyFor(makePlacing())).toBe("key-2");
  });
});
