import { enableAutoUnmount, flushPromises, mount } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineComponent, h } from "vue";
import { type Router, createMemoryHistory, createRouter } from "vue-router";

import { ApiError } from "@/api-error";

import { text } from "./list-query";
import { type FilteredList, type ListPage, useList } from "./use-list";

enableAutoUnmount(afterEach);

type Kinds = { name: typeof text };
type Ask = { name?: string; page: number };

interface Stage {
  router: Router;
  list: FilteredList<string, Kinds>;
  asks: Ask[];
  answer: (index: number, page: ListPage<string> | ApiError) => Promise<void>;
}

/** A list on a page at `/logs`, whose loads are answered by hand. */
async function stage(path: string): Promise<Stage> {
  const asks: Ask[] = [];
  const settle: ((page: ListPage<string> | ApiError) => void)[] = [];
  let list: FilteredList<string, Kinds> | undefined;
  const page = defineComponent({
    setup() {
      list = useList({
        filters: { name: text },
        sorts: ["created_at", "time"],
        load: (ask) => {
          asks.push(ask);
          return new Promise<ListPage<string>>((resolve, reject) =>
            settle.push((result) => (result instanceof ApiError ? reject(result) : resolve(result))),
          );
        },
      });
      return () => h("div");
    },
  });
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: "/logs", component: page },
      { path: "/other", component: { render: () => null } },
    ],
  });
  await router.push(path);
  mount(page, { global: { plugins: [router] } });
  if (!list) {
    throw new Error("the page was not set up");
  }
  const answer = async (index: number, result: ListPage<string> | ApiError) => {
    settle[index]?.(result);
    await flushPromises();
  };
  return { router, list, asks, answer };
}

describe("a list", () => {
  let one: Stage;

  beforeEach(async () => {
    one = await stage("/logs?name=lin&page=2");
    await one.answer(0, { items: ["a", "b"], total: 42 });
  });

  it("loads what its address says", () => {
    expect(one.asks).toEqual([{ name: "lin", page: 2, size: 20, sort: "created_at", order: "desc" }]);
    expect([one.list.rows.value, one.list.total.value, one.list.isLoading.value]).toEqual([["a", "b"], 42, false]);
    expect(one.list.wanted.value).toEqual({ name: "lin" });
  });

  it("writes a filter into its address, begins at the first page, and loads", async () => {
    one.list.draft.name = " zhou ";

    await one.list.apply();
    await flushPromises();

    expect(one.router.currentRoute.value.fullPath).toBe("/logs?name=zhou");
    expect(one.asks[1]).toMatchObject({ name: "zhou", page: 1 });
  });

  it("follows the back button", async () => {
    await one.list.turnTo(3);
    await flushPromises();
    one.router.back();
    await flushPromises();

    expect(one.asks.map((ask) => ask.page)).toEqual([2, 3, 2]);
    expect(one.list.draft.name).toBe("lin");
  });

  it("turns the order of the column that it is sorted by, and begins others with the largest", async () => {
    await one.list.sortBy("created_at");
    await one.list.sortBy("time");
    await flushPromises();

    expect(one.asks.slice(1)).toMatchObject([
      { sort: "created_at", order: "asc" },
      { sort: "time", order: "desc" },
    ]);
  });

  it("throws away the answer of an earlier question that comes late", async () => {
    await one.list.turnTo(3);
    await one.list.turnTo(4);
    await flushPromises();
    await one.answer(2, { items: ["four"], total: 42 });
    await one.answer(1, { items: ["three"], total: 42 });

    expect(one.list.rows.value).toEqual(["four"]);
  });

  it("keeps its rows and says why when a load fails", async () => {
    void one.list.reload();
    await one.answer(1, new ApiError(503, { code: "service.unavailable", message: "busy" }));

    expect(one.list.failure.value?.code).toBe("service.unavailable");
    expect(one.list.rows.value).toEqual(["a", "b"]);
  });

  it("is not concerned by the address of another page", async () => {
    await one.router.push("/other?name=stranger");
    await flushPromises();

    expect(one.asks).toHaveLength(1);
    expect(one.list.draft.name).toBe("lin");
  });
});
