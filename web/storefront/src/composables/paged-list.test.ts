import { describe, expect, it } from "vitest";

import type { Page } from "@/api/types";

import { pagedList } from "./paged-list";

/** Pages whose answers the test releases by hand, in any order. */
function makeSource() {
  const asked: (string | null)[] = [];
  const waiting: { resolve: (page: Page<number>) => void; reject: (error: Error) => void }[] = [];
  const fetchPage = (cursor: string | null) => {
    asked.push(cursor);
    return new Promise<Page<number>>((resolve, reject) => waiting.push({ resolve, reject }));
  };
  const answer = (index: number, items: number[], next: string | null) =>
    waiting[index]?.resolve({ items, next_cursor: next });
  return { asked, waiting, fetchPage, answer };
}

describe("pagedList", () => {
  it("appends pages and stops after the last", async () => {
    const source = makeSource();
    const list = pagedList(source.fetchPage);

    const first = list.more();
    source.answer(0, [1, 2], "c1");
    await first;
    const second = list.more();
    source.answer(1, [3], null);
    await second;
    await list.more();

    expect(list.items.value).toEqual([1, 2, 3]);
    expect(list.state.value).toBe("done");
    expect(source.asked).toEqual([null, "c1"]);
  });

  it("asks once however often the end of the page is reached", async () => {
    const source = makeSource();
    const list = pagedList(source.fetchPage);

    const first = list.more();
    await list.more();
    source.answer(0, [1], null);
    await first;

    expect(source.asked).toEqual([null]);
  });

  it("throws away an answer that arrives after a restart", async () => {
    const source = makeSource();
    const list = pagedList(source.fetchPage);

    const slow = list.more();
    const restarted = list.restart();
    source.answer(1, [9], null);
    await restarted;
    source.answer(0, [1, 2], "c1");
    await slow;

    expect(list.items.value).toEqual([9]);
    expect(list.state.value).toBe("done");
  });

  it("can be asked again after a failure, from the same place", async () => {
    const source = makeSource();
    const list = pagedList(source.fetchPage);

    const failing = list.more();
    source.waiting[0]?.reject(new Error("offline"));
    await expect(failing).rejects.toThrow("offline");
    expect(list.state.value).toBe("failed");
    const again = list.more();
    source.answer(1, [1], null);
    await again;

    expect(source.asked).toEqual([null, null]);
    expect(list.items.value).toEqual([1]);
  });

  it("begins with the first page again after a restart that failed, and shows nothing twice", async () => {
    const source = makeSource();
    const list = pagedList(source.fetchPage);
    const first = list.more();
    source.answer(0, [1, 2], "c1");
    await first;

    const restarted = list.restart();
    source.waiting[1]?.reject(new Error("offline"));
    await expect(restarted).rejects.toThrow("offline");
    const again = list.more();
    source.answer(2, [1, 2], null);
    await again;

    expect(source.asked).toEqual([null, null, null]);
    expect(list.items.value).toEqual([1, 2]);
  });
});
