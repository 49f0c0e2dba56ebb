import { describe, expect, it } from "vitest";

import { setLanguage } from "@/text";

import { type ConfigKey, isInUse, isLocalStorage, meaningOf, setOut, shownFields, valueOf } from "./config-value";

const STORAGE: ConfigKey = {
  param_key: "CLOUD_STORAGE_CONFIG_KEY",
  title_zh: "云存储配置信息",
  title_en: "File storage",
  config_id: "1",
  default_value: "{}",
  value_schema: {
    properties: {
      type: { type: "integer", minimum: 0, maximum: 4, default: 0 },
      qiniuDomain: { type: "string", default: "" },
      s3BucketName: { type: "string", default: "" },
      s3PathStyle: { type: "boolean", default: true },
    },
  },
  secrets: [],
};

describe("values of settings", () => {
  it("names the storages and shows the chosen one's fields alone", () => {
    setLanguage("en");
    const fields = shownFields(STORAGE) ?? [];
    expect(fields.map((field) => field.label)).toEqual(["Storage", "Domain for browsers", "Bucket", "Addresses in path style"]);
    expect(fields[0]?.choiceLabels).toMatchObject({ 0: "This machine", 4: "S3 compatible" });
    expect(fields.filter((field) => isInUse(STORAGE, field, { type: 4 })).map((field) => field.name)).toEqual(["type", "s3BucketName", "s3PathStyle"]);
    expect(fields.filter((field) => isInUse(STORAGE, field, { type: 0 })).map((field) => field.name)).toEqual(["type"]);
    expect([isLocalStorage(STORAGE, { type: 0 }), isLocalStorage(STORAGE, { type: 4 })]).toEqual([true, false]);
  });

  it("leaves a value with parts that no control shows to be edited as text", () => {
    const key = { ...STORAGE, value_schema: { properties: { list: { type: "array" } } } };
    expect(shownFields(key)).toBeNull();
    expect(valueOf('{"list": []}', shownFields(key))).toBeNull();
  });

  it("compares JSON by its meaning and other text as it is", () => {
    expect(meaningOf('{"a":1}')).toEqual({ a: 1 });
    expect(meaningOf("hello")).toBe("hello");
    expect(setOut('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(setOut("12")).toBe("12");
  });
});
