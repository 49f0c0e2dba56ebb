import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import * as messages from "@/adapter/messages";

import { type Export, percentOf, reasonOf, useExports } from "./exports";

const ONE: Export = {
  export_id: "1",
  kind: "operation_log",
  title_zh: "系统日志",
  title_en: "System log",
  sort: "created_at",
  order: "desc",
  status: "running",
  rows_done: 0,
  rows_total: 10,
  size_bytes: 0,
  error_code: "",
  created_at: "2026-11-22T08:00:00Z",
  finished_at: null,
  expires_at: "2026-11-29T08:00:00Z",
};

describe("the progress of an export", () => {
  it("never shows its end before it is done, however many rows there are", () => {
    const percents = [0, 3, 10, 12].map((rows_done) => percentOf({ ...ONE, rows_done }));

    expect(percents).toEqual([0, 30, 99, 99]);
    expect(percentOf({ ...ONE, rows_total: 0 })).toBe(0);
    expect(percentOf({ ...ONE, rows_total: 0, status: "done" })).toBe(100);
  });

  it("says why it failed, also for a code that this console does not know", () => {
    const known = reasonOf({ ...ONE, status: "failed", error_code: "export.too_many_rows" });
    const unknown = reasonOf({ ...ONE, status: "failed", error_code: "export.new_reason" });

    expect(known).not.toContain("export.");
    expect(unknown).toContain("export.new_reason");
  });
});

describe("the exports of an account", () => {
  let asked: Request[];
  let answers: Export[][];
  let status: number;

  beforeEach(() => {
    setActivePinia(createPinia());
    vi.useFakeTimers();
    asked = [];
    answers = [];
    status = 200;
    vi.stubGlobal("fetch", async (request: Request) => {
      asked.push(request);
      const body = request.method === "GET" ? { items: answers.shift() ?? [] } : ONE;
      return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
    });
  });

  afterEach(() => {
    useExports().stop();
    vi.useRealTimers();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  it("are asked for again while one goes on, and not after it is over", async () => {
    answers = [[ONE], [{ ...ONE, rows_done: 5 }], [{ ...ONE, status: "done" }]];
    const exports = useExports();
    exports.isOpen = true;

    await exports.load();
    expect(exports.goingOn).toBe(1);
    await vi.advanceTimersByTimeAsync(10_000);

    expect(asked).toHaveLength(3);
    expect([exports.goingOn, exports.items[0]?.status]).toEqual([0, "done"]);
  });

  it("are asked for with what the list shows, and open the panel", async () => {
    answers = [[ONE]];
    const exports = useExports();

    await exports.start({ kind: "operation_log", filters: { username: "li", status: 1 }, sort: "time", order: "asc" });

    expect(await asked[0]?.json()).toEqual({ kind: "operation_log", filters: { username: "li", status: 1 }, sort: "time", order: "asc" });
    expect(exports.isOpen).toBe(true);
    exports.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toHaveLength(2);
  });

  it("say that their rows stand in another order than the one that was asked for, and else nothing", async () => {
    const said = vi.spyOn(messages, "sayNote");
    const ask = { kind: "operation_log", filters: {}, sort: "created_at" };
    const exports = useExports();

    await exports.start({ ...ask, order: "desc" });
    expect(said).not.toHaveBeenCalled();
    await exports.start({ ...ask, sort: "time", order: "desc" });

    expect(said).toHaveBeenCalledTimes(1);
  });

  it("are not asked for while the browser's tab is hidden, and at once when it is seen again", async () => {
    answers = [[ONE], [ONE]];
    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    await useExports().load();

    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(1);
    hidden.mockReturnValue(false);
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(0);

    expect(asked).toHaveLength(2);
  });

  it("are asked for less and less often while that fails, and as before once it does not", async () => {
    answers = [[ONE]];
    const exports = useExports();
    await exports.load();
    status = 503;

    await vi.advanceTimersByTimeAsync(1500 + 3000 + 6000);
    expect([asked.length, exports.isStale]).toEqual([4, true]);
    await vi.advanceTimersByTimeAsync(11_999);
    expect(asked).toHaveLength(4);
    status = 200;
    answers = [[ONE], [ONE]];
    await vi.advanceTimersByTimeAsync(1 + 1500);

    expect([asked.length, exports.isStale]).toEqual([6, false]);
  });

  it("do not open their panel for whoever signs in while one is asked for", async () => {
    const exports = useExports();
    const starting = exports.start({ kind: "operation_log", filters: {}, sort: "time", order: "asc" });

    exports.stop();
    await starting;

    expect(exports.isOpen).toBe(false);
    expect(asked.map((request) => request.method)).toEqual(["POST"]);
  });

  it("are nobody's once nobody is signed in, also when an answer comes late", async () => {
    answers = [[ONE]];
    const exports = useExports();

    const loading = exports.load();
    exports.stop();
    await loading;
    await vi.advanceTimersByTimeAsync(10_000);

    expect(exports.items).toEqual([]);
    expect(asked).toHaveLength(1);
  });
});
