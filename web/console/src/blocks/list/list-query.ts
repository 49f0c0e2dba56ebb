/** A list's state as it stands in the address: filters, page, size, sorting. */

import type { LocationQuery, LocationQueryRaw } from "vue-router";

/** How one filter is read from the address; null is "not set". Filters travel to the mall as they are. */
export interface FilterKind<Value> {
  read(text: string): Value | null;
  write(value: Value): string;
}

const MAX_FILTER_LENGTH = 200;

/** Words that somebody types. */
export const text: FilterKind<string> = {
  read: (raw) => raw.trim().slice(0, MAX_FILTER_LENGTH) || null,
  write: (value) => value,
};

/** One of some values. */
export function oneOf<const Value extends string>(...values: readonly Value[]): FilterKind<Value> {
  return { read: (raw) => values.find((value) => value === raw) ?? null, write: (value) => value };
}

/** What the mall knows by small numbers. */
export const code: FilterKind<0 | 1> = {
  read: (raw) => (raw === "0" ? 0 : raw === "1" ? 1 : null),
  write: String,
};

/** Yes or no. */
export const flag: FilterKind<boolean> = {
  read: (raw) => (raw === "true" ? true : raw === "false" ? false : null),
  write: String,
};

/** An instant, ISO 8601 UTC. */
export const instant: FilterKind<string> = {
  read: (raw) => (/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/.test(raw) && !Number.isNaN(Date.parse(raw)) ? raw : null),
  write: (value) => value,
};

export type FilterKinds = Readonly<Record<string, { read(text: string): unknown; write(value: never): string }>>;

/** Filter name → its value or null. */
export type Filters<Kinds extends FilterKinds> = {
  -readonly [Name in keyof Kinds]: Kinds[Name] extends FilterKind<infer Value> ? Value | null : never;
};

export interface ListRules<Kinds extends FilterKinds, Sort extends string> {
  filters: Kinds;
  /** What the list may be sorted by; the first is what it is sorted by otherwise. */
  sorts: readonly [Sort, ...Sort[]];
}

export interface ListQuery<Kinds extends FilterKinds, Sort extends string> {
  filters: Filters<Kinds>;
  page: number;
  size: number;
  sort: Sort;
  order: "asc" | "desc";
}

export const SIZES = [20, 50, 100] as const;
const MAX_PAGE = 100_000;

function single(query: LocationQuery, name: string): string | null {
  const value = query[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

function page(raw: string | null): number {
  const number = Number(raw);
  return raw !== null && Number.isInteger(number) && number >= 1 && number <= MAX_PAGE ? number : 1;
}

/** Read an address. What it does not say, or says wrongly, is as if it were not there. */
export function readListQuery<Kinds extends FilterKinds, Sort extends string>(
  rules: ListRules<Kinds, Sort>,
  query: LocationQuery,
): ListQuery<Kinds, Sort> {
  const filters = Object.fromEntries(
    Object.entries(rules.filters).map(([name, kind]) => {
      const raw = single(query, name);
      return [name, raw === null ? null : kind.read(raw)];
    }),
  ) as Filters<Kinds>;
  return {
    filters,
    page: page(single(query, "page")),
    size: SIZES.find((size) => String(size) === single(query, "size")) ?? SIZES[0],
    sort: rules.sorts.find((sort) => sort === single(query, "sort")) ?? rules.sorts[0],
    order: single(query, "order") === "asc" ? "asc" : "desc",
  };
}

/** Write an address: only what differs from a list that nobody has touched. */
export function writeListQuery<Kinds extends FilterKinds, Sort extends string>(
  rules: ListRules<Kinds, Sort>,
  state: ListQuery<Kinds, Sort>,
): LocationQueryRaw {
  const filters = Object.entries(rules.filters).flatMap(([name, kind]) => {
    const value = state.filters[name];
    return value === null || value === undefined ? [] : [[name, kind.write(value as never)]];
  });
  return {
    ...(Object.fromEntries(filters) as LocationQueryRaw),
    ...(state.page > 1 ? { page: String(state.page) } : {}),
    ...(state.size === SIZES[0] ? {} : { size: String(state.size) }),
    ...(state.sort === rules.sorts[0] ? {} : { sort: state.sort }),
    ...(state.order === "desc" ? {} : { order: state.order }),
  };
}

/** What the mall is asked: filters that are set, beside the page and its order. */
export type ListAsk<Kinds extends FilterKinds, Sort extends string> = Omit<ListQuery<Kinds, Sort>, "filters"> & {
  [Name in keyof Filters<Kinds>]?: NonNullable<Filters<Kinds>[Name]>;
};

export function askOf<Kinds extends FilterKinds, Sort extends string>(
  state: ListQuery<Kinds, Sort>,
): ListAsk<Kinds, Sort> {
  const { filters, ...rest } = state;
  return { ...filtersThatAreSet(filters), ...rest } as ListAsk<Kinds, Sort>;
}

export function filtersThatAreSet(filters: Readonly<Record<string, unknown>>): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(filters).flatMap(([name, value]) =>
      typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? [[name, value]] : [],
    ),
  );
}
