import { flushPromises } from "@vue/test-utils";
import { describe, expect, it } from "vitest";

import { ApiError } from "@/api-error";

import { useDetail } from "./use-detail";

const REFUSED = new ApiError(503, { code: "busy", message: "Too busy", details: {} });

function stage() {
  const asked = new Map<string, { answer: (text: string) => void; refuse: (error: ApiError) => void }>();
  const detail = useDetail((id) => new Promise<string>((answer, refuse) => asked.set(id, { answer, refuse })));
  return { asked, detail };
}

describe("what a drawer shows", () => {
  it("is nothing until its own answer comes, whatever was shown before", async () => {
    const { asked, detail } = stage();
    void detail.open("1");
    asked.get("1")?.answer("one");
    await flushPromises();

    void detail.open("2");

    expect([detail.thing.value, detail.isLoading.value]).toEqual([null, true]);
  });

  it("is what was opened last, whatever comes late about another one", async () => {
    const { asked, detail } = stage();
    void detail.open("1");
    void detail.open("2");
    void detail.open("3");
    asked.get("3")?.answer("three");
    await flushPromises();

    asked.get("1")?.answer("one");
    asked.get("2")?.refuse(REFUSED);
    await flushPromises();

    expect([detail.thing.value, detail.failure.value, detail.isLoading.value]).toEqual(["three", null, false]);
  });
});
