/** From the JSON schema of a value to the fields that a form shows for it. */

export type FieldKind = "switch" | "number" | "text" | "choice" | "other";

export interface SchemaField {
  /** The key in the JSON value. */
  name: string;
  kind: FieldKind;
  /** What the schema calls it; the key where it has no words of its own. */
  title: string;
  description: string;
  isRequired: boolean;
  fallback: unknown;
  choices: readonly (string | number)[];
  least: number | null;
  most: number | null;
}

type Schema = Readonly<Record<string, unknown>>;

function asSchema(value: unknown): Schema {
  return typeof value === "object" && value !== null ? (value as Schema) : {};
}

/** A schema itself, the one that its `$ref` names, or the one beside null. */
function resolved(schema: Schema, root: Schema): Schema {
  if (typeof schema.$ref === "string") {
    const name = schema.$ref.replace("#/$defs/", "");
    return { ...asSchema(asSchema(root.$defs)[name]), ...schema, $ref: undefined };
  }
  if (Array.isArray(schema.anyOf)) {
    const others = schema.anyOf.map(asSchema).filter((one) => one.type !== "null");
    return others.length === 1 && others[0] ? { ...resolved(others[0], root), ...schema, anyOf: undefined } : schema;
  }
  return schema;
}

function kindOf(schema: Schema): FieldKind {
  if (Array.isArray(schema.enum)) {
    return "choice";
  }
  switch (schema.type) {
    case "boolean":
      return "switch";
    case "integer":
    case "number":
      return "number";
    case "string":
      return "text";
    default:
      return "other";
  }
}

function bound(schema: Schema, name: string): number | null {
  const value = schema[name];
  return typeof value === "number" ? value : null;
}

/** One field per property, in the schema's order. */
export function fieldsOf(root: Schema): SchemaField[] {
  const required = Array.isArray(root.required) ? (root.required as string[]) : [];
  return Object.entries(asSchema(root.properties)).map(([name, property]) => {
    const schema = resolved(asSchema(property), root);
    return {
      name,
      kind: kindOf(schema),
      title: typeof schema.title === "string" ? schema.title : name,
      description: typeof schema.description === "string" ? schema.description : "",
      isRequired: required.includes(name),
      fallback: schema.default,
      choices: Array.isArray(schema.enum) ? (schema.enum as (string | number)[]) : [],
      least: bound(schema, "minimum"),
      most: bound(schema, "maximum"),
    };
  });
}

/** The value of a text, as an object with a default for every field; null when the text is no object. */
export function readValue(text: string, fields: readonly SchemaField[]): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return null;
    }
    return { ...Object.fromEntries(fields.map((field) => [field.name, field.fallback])), ...value };
  } catch {
    return null;
  }
}
