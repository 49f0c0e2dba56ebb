/** A filter that the mall knows by small numbers: 0 and 1. */

import type { FilterKind } from "@/blocks/list/list-query";

export type Code = 0 | 1;

export const code: FilterKind<Code> = {
  read: (raw) => (raw === "0" ? 0 : raw === "1" ? 1 : null),
  write: String,
};
