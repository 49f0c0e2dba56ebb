/** What one column shows of one row: the page's own slot, else the column's text. */

import type { Slot, VNode } from "vue";

import type { Column } from "./columns";

/** The page's slots by name, as a list hands them to its table or cards. */
export type PageSlots = Readonly<Record<string, Slot | undefined>>;

export function textOf<Row>(column: Column<Row>, row: Row): string {
  const value = column.text?.(row) ?? null;
  return value === null || value === "" ? "–" : String(value);
}

export default function ListCell<Row>(props: {
  slots: PageSlots;
  column: Column<Row>;
  row: Row;
}): VNode[] | string {
  const draw = props.slots[`cell-${props.column.key}`];
  return draw ? draw({ row: props.row }) : textOf(props.column, props.row);
}
