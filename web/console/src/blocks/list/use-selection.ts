/** Which rows of the page that is shown are ticked. Rows that go take their tick along. */

import { type ComputedRef, type Ref, computed, ref, watch } from "vue";

export interface Selection<Row> {
  selected: ComputedRef<Row[]>;
  isWhole: ComputedRef<boolean>;
  has(row: Row): boolean;
  toggle(row: Row): void;
  toggleAll(): void;
  clear(): void;
}

export function useSelection<Row>(rows: Ref<Row[]>, rowKey: (row: Row) => string): Selection<Row> {
  const keys = ref(new Set<string>());
  const selected = computed(() => rows.value.filter(has));
  const isWhole = computed(() => rows.value.length > 0 && selected.value.length === rows.value.length);

  watch(rows, () => (keys.value = new Set(selected.value.map(rowKey))));

  function has(row: Row): boolean {
    return keys.value.has(rowKey(row));
  }

  function toggle(row: Row): void {
    if (!keys.value.delete(rowKey(row))) {
      keys.value.add(rowKey(row));
    }
  }

  function toggleAll(): void {
    keys.value = new Set(isWhole.value ? [] : rows.value.map(rowKey));
  }

  function clear(): void {
    keys.value = new Set();
  }

  return { selected, isWhole, has, toggle, toggleAll, clear };
}
