import { enableAutoUnmount, flushPromises, mount } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { defineComponent, h, nextTick, ref } from "vue";
import { createMemoryHistory, createRouter } from "vue-router";

import { i18n } from "@/text";

import { forgetPages } from "./kept-page";
import PageOutlet from "./page-outlet.vue";
import { useTabs } from "./tabs";

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

/** The middle of the shell with two pages, `/form` in front. */
async function shellOf() {
  const routes = [
    { path: "/", redirect: "/form" },
    { path: "/form", component: Form },
    { path: "/fragile", component: Fragile },
  ];
  const router = createRouter({ history: createMemoryHistory(), routes });
  const tabs = useTabs();
  router.afterEach((to) => tabs.visit(to, () => false));
  await router.push("/form");
  const shell = mount(PageOutlet, { global: { plugins: [router, i18n] } });
  const goTo = async (path: string) => {
    await router.push(path);
    await flushPromises();
  };
  return { shell, goTo, tabs };
}

describe("a page", () => {
  beforeEach(() => {
    setActivePinia(createPinia());
    sessionStorage.clear();
    mayDraw.value = true;
  });
  afterEach(() => {
    forgetPages(new Set());
    vi.restoreAllMocks();
  });

  it("keeps what was typed while another one is looked at", async () => {
    const { shell, goTo } = await shellOf();
    await shell.find("input").setValue("half of it");

    await goTo("/fragile");
    expect(shell.text()).toBe("whole");
    await goTo("/form");

    expect(shell.find("input").element.value).toBe("half of it");
  });

  it("is scrolled to where it was left, and to its top when it is new", async () => {
    const { shell, goTo } = await shellOf();
    const scroller = shell.find("main").element;
    scroller.scrollTop = 420;

    await goTo("/fragile");
    expect(scroller.scrollTop).toBe(0);
    await goTo("/form");

    expect(scroller.scrollTop).toBe(420);
  });

  it("begins anew once its tab was closed", async () => {
    const { shell, goTo, tabs } = await shellOf();
    await shell.find("input").setValue("half of it");
    await goTo("/fragile");

    tabs.close("/form");
    await nextTick();
    await goTo("/form");

    expect(shell.find("input").element.value).toBe("");
  });

  it("that breaks leaves the others as they are, and is built anew when it is asked to", async () => {
    const told = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { shell, goTo } = await shellOf();
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
