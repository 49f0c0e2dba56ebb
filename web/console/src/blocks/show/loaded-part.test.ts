import { enableAutoUnmount, flushPromises, mount } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { defineComponent, h } from "vue";

import { ApiError } from "@/api-error";
import { i18n } from "@/text";

import LoadedPart from "./loaded-part.vue";
import { type Loaded, useLoaded } from "./use-loaded";

enableAutoUnmount(afterEach);

interface Question {
  answer: (names: string[]) => void;
  refuse: (error: ApiError) => void;
}

const REFUSED = new ApiError(503, { code: "busy", message: "Too busy", details: {} });

function stage() {
  const asked: Question[] = [];
  let loaded: Loaded<string[]> | undefined;
  const page = defineComponent(() => {
    const own = useLoaded(() => new Promise<string[]>((answer, refuse) => asked.push({ answer, refuse })));
    loaded = own;
    return () => h(LoadedPart as never, { loaded: own }, { default: ({ thing }: { thing: string[] }) => h("b", thing.join() || "none") });
  });
  const wrapper = mount(page, { global: { plugins: [i18n] } });
  if (!loaded) {
    throw new Error("the page was not set up");
  }
  const shown = () => (wrapper.find("b").exists() ? wrapper.find("b").text() : null);
  return { wrapper, asked, reload: loaded.reload, shown };
}

describe("what a drawer loads", () => {
  it("is never called none before it is known, nor when the load failed", async () => {
    const { wrapper, asked, reload, shown } = stage();
    void reload();
    expect(shown()).toBeNull();

    asked[0]!.refuse(REFUSED);
    await flushPromises();
    expect([shown(), wrapper.find("[role=alert] p").text()]).toEqual([null, "Too busy"]);
    await wrapper.find("[data-testid=load-again]").trigger("click");
    asked[1]!.answer([]);
    await flushPromises();

    expect([shown(), wrapper.find("[role=alert]").exists()]).toEqual(["none", false]);
  });

  it("is what the last question was answered, however late an earlier answer comes", async () => {
    const { asked, reload, shown } = stage();
    void reload();
    void reload();

    asked[1]!.answer(["new"]);
    asked[0]!.answer(["old"]);
    await flushPromises();

    expect(shown()).toBe("new");
  });
});
