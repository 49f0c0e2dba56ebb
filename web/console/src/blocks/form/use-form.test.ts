import { enableAutoUnmount, flushPromises, mount } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { defineComponent, h } from "vue";
import { createMemoryHistory, createRouter } from "vue-router";

import { ApiError } from "@/api-error";

import { isUnsaved } from "./unsaved";
import { type Form, type FormOptions, useForm } from "./use-form";

enableAutoUnmount(afterEach);

interface Values {
  username: string;
  allowed_ips: string[];
}

async function stage(options: Partial<FormOptions<Values, unknown>> = {}) {
  let form: Form<Values> | undefined;
  const page = defineComponent({
    setup() {
      form = useForm<Values, unknown>({
        initial: () => ({ username: "lin", allowed_ips: [] }),
        send: async () => undefined,
        ...options,
      });
      return () => h("div");
    },
  });
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: "/form", component: page }] });
  await router.push("/form");
  const wrapper = mount(page, { global: { plugins: [router] } });
  if (!form) {
    throw new Error("the page was not set up");
  }
  return { form, wrapper };
}

function invalid(...fields: [string, string][]): ApiError {
  const details = { fields: fields.map(([field, problem]) => ({ field, problem })) };
  return new ApiError(422, { code: "request.invalid", message: "The request is not valid", details });
}

describe("a form", () => {
  it("puts what the mall refuses at the fields that it names, those inside a field too", async () => {
    const { form } = await stage({ send: () => Promise.reject(invalid(["username", "too short"], ["allowed_ips.0", "no address"])) });

    expect(await form.submit()).toBe(false);

    expect(form.problems.value).toEqual({ username: "too short", allowed_ips: "no address" });
    expect(form.failure.value).toBeNull();
  });

  it("is taken even where what follows fails: it would be sent twice otherwise", async () => {
    const { form } = await stage({ done: () => Promise.reject(new ApiError(503, { code: "unavailable", message: "away" })) });
    form.values.username = "li";

    expect(await form.submit()).toBe(true);

    expect([form.failure.value, form.isDirty.value, form.isBusy.value]).toEqual([null, false, false]);
  });

  it("puts a refusal by code at the field that the screen names for it", async () => {
    const taken = new ApiError(409, { code: "staff.username_taken", message: "This account exists already" });
    const { form } = await stage({ send: () => Promise.reject(taken), fieldOfCode: { "staff.username_taken": "username" } });

    await form.submit();

    expect(form.problems.value).toEqual({ username: "This account exists already" });
  });

  it("shows a refusal that is about none of its fields as a whole", async () => {
    const { form } = await stage({ send: () => Promise.reject(invalid(["somewhere", "wrong"])) });

    await form.submit();

    expect([form.problems.value, form.failure.value?.code]).toEqual([{}, "request.invalid"]);
  });

  it("takes a problem away when its field is changed, and leaves the others", async () => {
    const { form } = await stage({ check: () => ({ username: "no", allowed_ips: "no" }) });
    await form.submit();

    form.values.username = "zhou";
    await flushPromises();

    expect(form.problems.value).toEqual({ allowed_ips: "no" });
  });

  it("does not ask the mall what it can see itself", async () => {
    let sent = 0;
    const { form } = await stage({ check: () => ({ username: "needed" }), send: async () => void (sent += 1) });

    expect([await form.submit(), sent]).toEqual([false, 0]);
  });

  it("is sent once, however often it is submitted meanwhile", async () => {
    let sent = 0;
    let finish: () => void = () => undefined;
    const { form } = await stage({ send: () => ((sent += 1), new Promise<void>((resolve) => (finish = resolve))) });

    const first = form.submit();
    const second = await form.submit();
    finish();

    expect([await first, second, sent]).toEqual([true, false, 1]);
  });

  it("counts as unsaved from its first change until it was taken", async () => {
    const { form, wrapper } = await stage();
    const seen = [isUnsaved("/form")];

    form.values.username = "zhou";
    await flushPromises();
    seen.push(isUnsaved("/form"));
    await form.submit();
    await flushPromises();
    seen.push(isUnsaved("/form"));
    form.values.username = "wang";
    await flushPromises();
    wrapper.unmount();
    seen.push(isUnsaved("/form"));

    expect(seen).toEqual([false, true, false, false]);
  });
});
