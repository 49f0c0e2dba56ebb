import { describe, expect, it } from "vitest";
import { nextTick, reactive } from "vue";

import { useFieldErrors } from "./field-errors";

describe("useFieldErrors", () => {
  it("drops the error of a field that is being mended, and keeps the others", async () => {
    const form = reactive({ name: "", mobile: "" });
    const errors = useFieldErrors(form);
    errors.value = { name: "请填写", mobile: "请填写" };

    form.name = "张三";
    await nextTick();

    expect(errors.value).toEqual({ mobile: "请填写" });
  });
});
