import { enableAutoUnmount, flushPromises, mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { afterEach, describe, expect, it } from "vitest";
import { defineComponent, h } from "vue";
import { createMemoryHistory, createRouter } from "vue-router";

import { ApiError } from "@/api-error";
import { i18n } from "@/text";

import FormFrame from "./form-frame.vue";
import { useForm } from "./use-form";

enableAutoUnmount(afterEach);

/** A form of one field, whose request is answered when the test says so. */
async function sending() {
  let answer: (error?: ApiError) => void = () => undefined;
  const page = defineComponent(() => {
    const form = useForm({
      initial: () => ({ name: "lin" }),
      send: () => new Promise<void>((resolve, reject) => (answer = (error) => (error ? reject(error) : resolve()))),
    });
    const type = (event: Event) => (form.values.name = (event.target as HTMLInputElement).value);
    return () => h(FormFrame as never, { form }, () => h("input", { value: form.values.name, onInput: type }));
  });
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: "/form", component: page }] });
  await router.push("/form");
  const wrapper = mount(page, { attachTo: document.body, global: { plugins: [router, i18n, createPinia()] } });
  const input = wrapper.find("input").element;
  input.focus();
  await wrapper.find("input").setValue("wang");
  await wrapper.find("form").trigger("submit");
  return { wrapper, input, isLocked: () => input.closest("[inert]") !== null, answer: (error?: ApiError) => answer(error) };
}

describe("a form's fields", () => {
  it("are locked from the request to its answer", async () => {
    const { isLocked, answer } = await sending();
    expect(isLocked()).toBe(true);

    answer();
    await flushPromises();

    expect(isLocked()).toBe(false);
  });

  it("have the focus again after a refusal", async () => {
    const { input, isLocked, answer } = await sending();
    input.blur();

    answer(new ApiError(409, { code: "taken", message: "Taken", details: {} }));
    await flushPromises();

    expect([isLocked(), document.activeElement === input]).toEqual([false, true]);
  });
});
