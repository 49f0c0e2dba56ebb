/** Columns of a list, and which of them somebody wants to see. */

import { type Ref, ref, watch } from "vue";

export interface Column<Row> {
  /** Names the column in slots (`#cell-<key>`) and in the saved choice. */
  key: string;
  title: string;
  /** Plain text of the cell; a slot may draw it instead. */
  text?: (row: Row) => string | number | null;
  /** The name the mall sorts by. */
  sort?: string;
  align?: "left" | "right";
  /** CSS width, where the content should not decide. */
  width?: string;
  /** Not shown until somebody asks for it. */
  isExtra?: boolean;
  /** The line that names a card on a phone; the first column unless one says so. */
  isHead?: boolean;
}

/** What a row is called where it cannot be seen: its head column's text, else its key. */
export function nameOf<Row>(row: Row, head: Column<Row> | undefined, rowKey: (row: Row) => string): string {
  return String(head?.text?.(row) || rowKey(row));
}

const PREFIX = "wanpu.console.columns.";

/** Keys of hidden columns, as this browser remembers them for one list. */
export function useHiddenColumns(list: string, extras: readonly string[]): Ref<string[]> {
  const stored = localStorage.getItem(PREFIX + list);
  const hidden = ref<string[]>(stored === null ? [...extras] : readKeys(stored));
  watch(hidden, (keys) => localStorage.setItem(PREFIX + list, JSON.stringify(keys)), { deep: true });
  return hidden;
}

function readKeys(stored: string): string[] {
  try {
    const keys: unknown = JSON.parse(stored);
    return Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : [];
  } catch {
    return [];
  }
}
