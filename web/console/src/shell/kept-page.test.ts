import { enableAutoUnmount, flushPromises, mount } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KeepAlive, defineComponent, h, nextTick, reactive, ref } from "vue";
import { RouterView, createMemoryHistory, createRouter } from "vue-router";

import { i18n } from "@/text";

import { forgetPages, keptName, keptPage } from "./kept-page";

enableAutoUnmount(afterEach);

const mayDraw = ref(true);

const Form = defineComponent(() => {
  const typed = ref("");
  return () => h("input", { value: typed.value, onInput: (event: Event) => (typed.value = (event.target as HTMLInputElement).value) });
});
const Fragile = defineComponent(() => () => {
  if (!mayDraw.value) {
    throw new Error("it broke");
  }
  return h("p", "whole");
});

/** The middle of the shell: pages `/form` and `/fragile`, and which of them are open. */
async function shellOf(open: string[]) {
  const routes = [
    { path: "/", redirect: "/form" },
    { path: "/form", component: Form },
    { path: "/fragile", component: Fragile },
  ];
  const router = createRouter({ history: createMemoryHistory(), routes });
  const rounds = reactive<Record<string, number>>({});
  const names = ref(open.map((path) => keptName(path, 0)));
  const nameOf = (path: string) => keptName(path, rounds[path] ?? 0);
  const again = (path: string) => {
    rounds[path] = 1;
    names.value = open.map(nameOf);
  };
  const view = defineComponent(() => () =>
    h(RouterView, null, {
      default: ({ Component: page, route }: { Component?: ReturnType<typeof h>; route: { path: string } }) =>
        h(KeepAlive, { include: names.value }, () => (page ? keptPage(nameOf(route.path), page, () => again(route.path)) : undefined)),
    }),
  );
  await router.push("/form");
  const shell = mount(view, { global: { plugins: [router, i18n] } });
  const goTo = async (path: string) => {
    await router.push(path);
    await flushPromises();
  };
  return { shell, goTo, names };
}

describe("a page", () => {
  beforeEach(() => (mayDraw.value = true));
  afterEach(() => {
    forgetPages(new Set());
    vi.restoreAllMocks();
  });

  it("keeps what was typed while another one is looked at", async () => {
    const { shell, goTo } = await shellOf(["/form", "/fragile"]);
    await shell.find("input").setValue("half of it");

    await goTo("/fragile");
    expect(shell.text()).toBe("whole");
    await goTo("/form");

    expect(shell.find("input").element.value).toBe("half of it");
  });

  it("begins anew once its tab was closed", async () => {
    const { shell, goTo, names } = await shellOf(["/form", "/fragile"]);
    await shell.find("input").setValue("half of it");
    await goTo("/fragile");

    names.value = [keptName("/fragile", 0)];
    await nextTick();
    await goTo("/form");

    expect(shell.find("input").element.value).toBe("");
  });

  it("that breaks leaves the others as they are, and is built anew when it is asked to", async () => {
    const told = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { shell, goTo } = await shellOf(["/form", "/fragile"]);
    await shell.find("input").setValue("half of it");
    mayDraw.value = false;
    await goTo("/fragile");
    expect(shell.find("[data-testid=broken-view]").exists()).toBe(true);
    expect(told).toHaveBeenCalledOnce();

    await goTo("/form");
    expect(shell.find("input").element.value).toBe("half of it");
    await goTo("/fragile");
    expect(shell.find("[data-testid=broken-view]").exists()).toBe(true);
    mayDraw.value = true;
    await shell.find("[data-testid=broken-view] button").trigger("click");
    await flushPromises();

    expect(shell.text()).toBe("whole");
  });
});
