import { describe, expect, it } from "vitest";

import { fieldsOf, readValue } from "./schema-fields";

const SCHEMA = {
  $defs: { Mode: { enum: ["fast", "safe"], type: "string", title: "Mode" } },
  properties: {
    isOn: { type: "boolean", default: false, title: "Is On" },
    days: { type: "integer", minimum: 1, maximum: 30, description: "How long rows stay." },
    mode: { $ref: "#/$defs/Mode", default: "safe" },
    note: { anyOf: [{ type: "string" }, { type: "null" }], default: null },
    tags: { type: "array", items: { type: "string" } },
  },
  required: ["days"],
};

describe("schema fields", () => {
  it("gives every property the control that fits it", () => {
    expect(fieldsOf(SCHEMA).map((field) => [field.name, field.kind])).toEqual([
      ["isOn", "switch"],
      ["days", "number"],
      ["mode", "choice"],
      ["note", "text"],
      ["tags", "other"],
    ]);
  });

  it("knows bounds, choices, and what must be there", () => {
    const [, days, mode] = fieldsOf(SCHEMA);
    expect(days).toMatchObject({ least: 1, most: 30, isRequired: true, description: "How long rows stay." });
    expect(mode).toMatchObject({ choices: ["fast", "safe"], fallback: "safe", isRequired: false });
  });

  it("reads a value and fills in the defaults", () => {
    expect(readValue('{"days": 3}', fieldsOf(SCHEMA))).toEqual({ isOn: false, days: 3, mode: "safe", note: null, tags: undefined });
  });

  it("reads nothing from a text that is no object", () => {
    expect(readValue("plain", fieldsOf(SCHEMA))).toBeNull();
    expect(readValue("[1]", fieldsOf(SCHEMA))).toBeNull();
  });

  it("has no fields for a schema without properties", () => {
    expect(fieldsOf({})).toEqual([]);
  });
});
