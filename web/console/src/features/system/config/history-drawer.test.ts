import { enableAutoUnmount, flushPromises, mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { i18n } from "@/text";

import HistoryDrawer from "./history-drawer.vue";

enableAutoUnmount(afterEach);

function versionOf(config_id: string, version: number) {
  return {
    config_id,
    param_key: `KEY_${config_id}`,
    param_value: "1",
    remark: "",
    status: 1,
    version,
    change: "created",
    changed_by: null,
    changed_by_name: null,
    changed_at: "2026-11-22T08:00:00Z",
  };
}

describe("the history of a setting", () => {
  /** Number of the setting → what answers the question about it. */
  let answer: Map<string, (status: number, body: object) => void>;

  beforeEach(() => {
    answer = new Map();
    vi.stubGlobal("fetch", (request: Request) => {
      const id = new URL(request.url).pathname.split("/").at(-2) ?? "";
      return new Promise<Response>((resolve) =>
        answer.set(id, (status, body) => resolve(new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } }))),
      );
    });
  });

  afterEach(() => vi.unstubAllGlobals());

  it.each([
    ["an answer", 200, { items: [versionOf("1", 7)], total: 1 }],
    ["a refusal", 503, { code: "busy", message: "Too busy", details: {} }],
  ])("is that of the setting in sight, also when %s about another one comes late", async (_name, status, body) => {
    const drawer = mount(HistoryDrawer, { props: { of: null }, global: { plugins: [i18n, createPinia()] } });
    await drawer.setProps({ of: { config_id: "1", param_key: "KEY_1" } });
    await drawer.setProps({ of: { config_id: "2", param_key: "KEY_2" } });
    answer.get("2")?.(200, { items: [versionOf("2", 2), versionOf("2", 1)], total: 2 });
    await flushPromises();

    answer.get("1")?.(status, body);
    await flushPromises();

    expect(document.querySelectorAll("[data-testid=config-version]")).toHaveLength(2);
    expect(document.querySelector("[data-testid=config-history] [role=alert]")).toBeNull();
  });
});
