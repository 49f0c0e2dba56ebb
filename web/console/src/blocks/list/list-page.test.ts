import { enableAutoUnmount, flushPromises, mount } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { computed, defineComponent, h, ref, shallowRef } from "vue";

import { i18n } from "@/text";

import type { Column } from "./columns";
import ListPage from "./list-page.vue";
import type { List } from "./use-list";

enableAutoUnmount(afterEach);

interface Row {
  id: string;
  name: string;
}

const COLUMNS: Column<Row>[] = [
  { key: "name", title: "Name", text: (row) => row.name, isHead: true },
  { key: "id", title: "Number", text: (row) => row.id, sort: "id" },
];

function listOf(rows: Row[]): List<Row> {
  const done = async () => undefined;
  return {
    rows: ref(rows),
    total: ref(rows.length),
    isLoading: ref(false),
    failure: shallowRef(null),
    page: ref(1),
    size: ref(20),
    sort: ref("id"),
    order: ref<"asc" | "desc">("asc"),
    filterCount: ref(1),
    wanted: computed(() => ({ name: "li" })),
    query: ref({}),
    apply: done,
    reset: done,
    show: done,
    turnTo: done,
    resize: done,
    sortBy: done,
    reload: done,
  };
}

/** A page over two rows; `slots` and `props` are what one page says otherwise than another. */
function pageWith(props: Record<string, unknown>, slots: Record<string, unknown> = {}) {
  const page = defineComponent(() => () =>
    h(
      ListPage as never,
      { list: listOf([{ id: "1", name: "Li" }, { id: "2", name: "Wang" }]), name: "people", title: "People", columns: COLUMNS, rowKey: (row: Row) => row.id, ...props },
      slots as never,
    ),
  );
  return mount(page, { global: { plugins: [i18n] } });
}

describe("a list's page", () => {
  let asked: Request[];

  beforeEach(() => {
    setActivePinia(createPinia());
    localStorage.clear();
    asked = [];
    vi.stubGlobal("fetch", async (request: Request) => {
      asked.push(request);
      return new Response(JSON.stringify({ items: [] }), { headers: { "content-type": "application/json" } });
    });
  });

  afterEach(() => vi.unstubAllGlobals());

  it("has no row of tools where it has no filters, and still loads anew and chooses columns", () => {
    const bare = pageWith({});
    const filtered = pageWith({}, { filters: () => h("input") });

    expect(bare.find("[role=search]").exists()).toBe(false);
    expect(bare.findAll("[data-testid=list-refresh]")).toHaveLength(1);
    expect(bare.find(".tools").exists()).toBe(false);
    expect(filtered.find(".tools [data-testid=list-refresh]").exists()).toBe(true);
    expect(filtered.findAll("[data-testid=list-refresh]")).toHaveLength(1);
  });

  it("draws a cell by the page's slot, else by the column's text", () => {
    const page = pageWith({}, { "cell-name": ({ row }: { row: Row }) => h("b", `${row.name}!`) });

    expect(page.findAll("tbody tr").map((row) => row.text())).toEqual(["Li!1", "Wang!2"]);
  });

  it("asks for an export of what its filters let through, in its order", async () => {
    const page = pageWith({ exportKind: "staff" });

    await page.find("[data-testid=list-export]").trigger("click");
    await flushPromises();

    const post = asked.find((request) => request.method === "POST");
    expect(await post?.json()).toEqual({ kind: "staff", filters: { name: "li" }, sort: "id", order: "asc" });
    expect(pageWith({}).find("[data-testid=list-export]").exists()).toBe(false);
  });

  it("names each box that ticks a row by what the row shows first", () => {
    const page = pageWith({ selectable: true });

    const names = page.findAll("tbody input").map((box) => box.attributes("aria-label"));
    expect(names.map((name) => name?.split(" ").at(-1))).toEqual(["Li", "Wang"]);
  });

  it("ticks rows, and hands the ticked ones to its bulk bar", async () => {
    const page = pageWith({ selectable: true }, { bulk: ({ rows }: { rows: Row[] }) => h("i", rows.map((row) => row.name).join()) });

    await page.find("[data-testid=select-page]").trigger("change");

    expect(page.find("[data-testid=bulk-bar] i").text()).toBe("Li,Wang");
  });
});
