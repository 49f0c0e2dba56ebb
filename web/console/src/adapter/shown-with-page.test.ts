import { enableAutoUnmount, mount } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { KeepAlive, Teleport, defineComponent, h, nextTick, ref } from "vue";

import { shownWithPage } from "./shown-with-page";

enableAutoUnmount(afterEach);

describe("what stands beside its page in the document", () => {
  it("hides with the page and comes back with it; hiding closes nothing", async () => {
    const isOpen = ref(true);
    const isFront = ref(true);
    const shown: { value: boolean }[] = [];
    const Drawer = defineComponent(() => {
      const isShown = shownWithPage(isOpen);
      shown.push(isShown);
      return () => h(Teleport, { to: "body" }, isShown.value ? h("aside", { id: "drawer" }) : []);
    });
    const Page = defineComponent(() => () => h("main", h(Drawer)));
    const Other = defineComponent(() => () => h("main", "other"));
    mount(defineComponent(() => () => h(KeepAlive, null, () => h(isFront.value ? Page : Other))));
    const isInSight = () => document.querySelector("#drawer") !== null;
    expect(isInSight()).toBe(true);

    isFront.value = false;
    await nextTick();
    await nextTick();
    expect(isInSight()).toBe(false);
    shown[0]!.value = false;
    expect(isOpen.value).toBe(true);
    isFront.value = true;
    await nextTick();
    await nextTick();

    expect(isInSight()).toBe(true);
    shown[0]!.value = false;
    expect(isOpen.value).toBe(false);
  });
});
