import { enableAutoUnmount, flushPromises, mount } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KeepAlive, defineComponent, h, nextTick, ref } from "vue";

import { ApiError } from "@/api-error";

import { api, unattendedApi } from "@/request";

import { type Refreshed, useRefreshed } from "./use-refreshed";

const EVERY_MS = 15_000;

enableAutoUnmount(afterEach);
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  hideTab(false);
  vi.useRealTimers();
});

function hideTab(isHidden: boolean): void {
  Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}

/** A kept page whose loads give 1, 2, 3 …, or fail. */
function stage(fails: (load: number) => boolean = () => false) {
  const loads = ref(0);
  const isShown = ref(true);
  const clients: unknown[] = [];
  let refreshed: Refreshed<number> | undefined;
  const page = defineComponent({
    setup() {
      refreshed = useRefreshed(async (client) => {
        clients.push(client);
        loads.value += 1;
        if (fails(loads.value)) {
          throw new ApiError(503, { code: "unavailable" });
        }
        return loads.value;
      }, EVERY_MS);
      return () => h("p");
    },
  });
  const wrapper = mount(() => h(KeepAlive, () => (isShown.value ? h(page) : null)));
  if (!refreshed) {
    throw new Error("the page was not set up");
  }
  return { loads, isShown, clients, wrapper, refreshed };
}

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

describe("what is refreshed while it is looked at", () => {
  it("is loaded at once, and again after every interval", async () => {
    const { loads, refreshed } = stage();
    await flushPromises();
    expect([loads.value, refreshed.thing.value]).toEqual([1, 1]);

    await pass(EVERY_MS - 1);
    expect(loads.value).toBe(1);
    await pass(1);

    expect([loads.value, refreshed.thing.value]).toEqual([2, 2]);
  });

  it("rests while the browser's tab is hidden and is loaded at once when it is seen again", async () => {
    const { loads } = stage();
    await flushPromises();
    hideTab(true);
    await pass(10 * EVERY_MS);
    expect(loads.value).toBe(1);

    hideTab(false);
    await flushPromises();

    expect(loads.value).toBe(2);
    await pass(EVERY_MS);
    expect(loads.value).toBe(3);
  });

  it("rests while another page is in front", async () => {
    const { loads, isShown } = stage();
    await flushPromises();
    isShown.value = false;
    await nextTick();
    await pass(10 * EVERY_MS);
    expect(loads.value).toBe(1);

    isShown.value = true;
    await nextTick();

    expect(loads.value).toBe(2);
  });

  it("keeps what it has when a load fails, and tries again", async () => {
    const { refreshed } = stage((load) => load === 2);
    await flushPromises();
    await pass(EVERY_MS);
    expect([refreshed.thing.value, refreshed.failure.value?.status]).toEqual([1, 503]);

    await pass(EVERY_MS);

    expect([refreshed.thing.value, refreshed.failure.value]).toEqual([3, null]);
  });

  it("asks as nobody when its time has come, and as its reader when it is looked for", async () => {
    const { clients, refreshed } = stage();
    await flushPromises();
    await pass(EVERY_MS);
    await refreshed.reload();
    hideTab(true);
    hideTab(false);
    await flushPromises();

    expect(clients).toEqual([api, unattendedApi, api, api]);
  });

  it("ends with its page", async () => {
    const { loads, wrapper } = stage();
    await flushPromises();
    wrapper.unmount();
    hideTab(false);

    await pass(10 * EVERY_MS);

    expect(loads.value).toBe(1);
  });
});
