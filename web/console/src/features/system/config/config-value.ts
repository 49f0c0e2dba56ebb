/** A setting's value as its form shows it: fields with words, grouped where only some of them count. */

import type { components } from "@api-client/schema";

import { type SchemaField, fieldsOf, readValue } from "@/blocks/schema/schema-fields";

import { t } from "./words";

export type Config = components["schemas"]["ConfigOut"];
export type ConfigKey = components["schemas"]["ConfigKeyOut"];
export type Value = Record<string, unknown>;

const STORAGE = "CLOUD_STORAGE_CONFIG_KEY";
const STORAGE_KINDS = ["local", "qiniu", "aliyun", "qcloud", "s3"] as const;
const STORAGE_PARTS = ["Domain", "Prefix", "BucketName", "Region", "EndPoint", "PathStyle"] as const;

/** A field with the words that people read. */
export interface ShownField extends SchemaField {
  label: string;
  /** Words of the choices, where they are numbers. */
  choiceLabels: Readonly<Record<string, string>>;
}

/** The fields of a key in the order of its schema; null where some of them cannot be shown as fields. */
export function shownFields(key: ConfigKey | null): ShownField[] | null {
  if (key === null) {
    return null;
  }
  const fields = fieldsOf(key.value_schema);
  return fields.length === 0 || fields.some((field) => field.kind === "other") ? null : fields.map((field) => named(key, field));
}

function named(key: ConfigKey, field: SchemaField): ShownField {
  if (key.param_key === STORAGE && field.name === "type") {
    const choices = STORAGE_KINDS.map((_, index) => index);
    return {
      ...field,
      kind: "choice",
      choices,
      label: t("storageType"),
      choiceLabels: Object.fromEntries(choices.map((choice) => [choice, storageText(choice)])),
    };
  }
  const part = key.param_key === STORAGE ? STORAGE_PARTS.find((one) => field.name.endsWith(one)) : undefined;
  const own = field.name === "secretChange" ? t("secretChange") : field.title;
  return { ...field, label: part ? t(`f_${part}`) : own, choiceLabels: {} };
}

function storageText(kind: number): string {
  return kind >= 0 && kind <= 4 ? t(`storage_${kind as 0 | 1 | 2 | 3 | 4}`) : String(kind);
}

/** Whether a field counts beside the present value: of the storages only the chosen one does. */
export function isInUse(key: ConfigKey, field: SchemaField, value: Value): boolean {
  if (key.param_key !== STORAGE || field.name === "type") {
    return true;
  }
  const chosen = STORAGE_KINDS[Number(value.type)] ?? "local";
  return field.name.startsWith(chosen);
}

/** Whether the chosen storage needs nothing beside its name. */
export function isLocalStorage(key: ConfigKey | null, value: Value): boolean {
  return key?.param_key === STORAGE && value.type === 0;
}

export function aboutKey(key: ConfigKey): string {
  return key.param_key === STORAGE || key.param_key === "APPROVAL_POLICY" ? t(`about_${key.param_key}`) : "";
}

/** A text as fields; null where it must be edited as text. */
export function valueOf(text: string, fields: readonly SchemaField[] | null): Value | null {
  return fields === null ? null : readValue(text, fields);
}

/** What a text means, for comparing: its JSON where it is some, otherwise the text. */
export function meaningOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A text as people read it: JSON set out in lines, everything else as it is. */
export function setOut(text: string): string {
  const meaning = meaningOf(text);
  return typeof meaning === "object" && meaning !== null ? JSON.stringify(meaning, null, 2) : text;
}
