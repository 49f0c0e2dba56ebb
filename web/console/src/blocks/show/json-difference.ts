/** What differs between two JSON values, field by field. */

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export interface Difference {
  /** `address.city`, `roles[2]`; empty for the value itself. */
  path: string;
  kind: "added" | "removed" | "changed";
  before?: Json;
  after?: Json;
}

function isObject(value: Json | undefined): value is Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Every leaf that differs, in the order of the fields; a side that is absent gives "added" or "removed". */
export function differences(before: Json | undefined, after: Json | undefined, path = ""): Difference[] {
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differences(before[key], after[key], path ? `${path}.${key}` : key));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) => differences(before[index], after[index], `${path}[${index}]`)).flat();
  }
  if (before === undefined && after === undefined) {
    return [];
  }
  if (before === undefined) {
    return isObject(after) && Object.keys(after).length > 0
      ? Object.entries(after).flatMap(([key, value]) => differences(undefined, value, path ? `${path}.${key}` : key))
      : [{ path, kind: "added", after }];
  }
  if (after === undefined) {
    return isObject(before) && Object.keys(before).length > 0
      ? Object.entries(before).flatMap(([key, value]) => differences(value, undefined, path ? `${path}.${key}` : key))
      : [{ path, kind: "removed", before }];
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, kind: "changed", before, after }];
}
