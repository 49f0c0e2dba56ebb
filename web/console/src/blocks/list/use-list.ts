/**
 * A list that the mall pages and sorts, with its state in the address.
 *
 * The address is the truth: filters, page and order are written into it, and whatever changes it (a
 * click, the back button, a saved view, somebody else's link) loads the list anew.
 */

import { type Ref, computed, onActivated, reactive, ref, shallowRef, watch } from "vue";
import { type LocationQueryRaw, useRoute, useRouter } from "vue-router";

import { ApiError } from "@/api-error";

import {
  type FilterKinds,
  type Filters,
  type ListAsk,
  type ListQuery,
  type ListRules,
  askOf,
  filtersThatAreSet,
  readListQuery,
  writeListQuery,
} from "./list-query";

export interface ListPage<Row> {
  items: Row[];
  total: number;
}

export interface ListOptions<Row, Kinds extends FilterKinds, Sort extends string> extends ListRules<Kinds, Sort> {
  load(ask: ListAsk<Kinds, Sort>): Promise<ListPage<Row>>;
}

/** What the list page needs to know, whatever the filters are. */
export interface List<Row> {
  rows: Ref<Row[]>;
  total: Ref<number>;
  isLoading: Ref<boolean>;
  /** Why the last load failed; null when it did not. */
  failure: Ref<ApiError | null>;
  page: Ref<number>;
  size: Ref<number>;
  sort: Ref<string>;
  order: Ref<"asc" | "desc">;
  filterCount: Ref<number>;
  /** The filters that are set, as the mall is asked: an export wants the same rows, all pages. */
  wanted: Ref<Readonly<Record<string, string | number | boolean>>>;
  /** The address of what is shown, for saved views. */
  query: Ref<LocationQueryRaw>;
  apply(): Promise<void>;
  reset(): Promise<void>;
  show(query: LocationQueryRaw): Promise<void>;
  turnTo(page: number): Promise<void>;
  resize(size: number): Promise<void>;
  sortBy(column: string): Promise<void>;
  reload(): Promise<void>;
}

export interface FilteredList<Row, Kinds extends FilterKinds> extends List<Row> {
  /** What the filter fields hold; it counts once `apply` is called. */
  draft: Filters<Kinds>;
}

export function useList<Row, const Kinds extends FilterKinds, const Sort extends string>(
  options: ListOptions<Row, Kinds, Sort>,
): FilteredList<Row, Kinds> {
  const route = useRoute();
  const router = useRouter();
  /** A kept page sees every address; only its own concerns it. */
  const ownPath = route.path;

  const state = shallowRef(readListQuery(options, route.query));
  const draft = reactive({ ...state.value.filters }) as Filters<Kinds>;
  const rows = ref<Row[]>([]) as Ref<Row[]>;
  const total = ref(0);
  const isLoading = ref(true);
  const failure = shallowRef<ApiError | null>(null);
  let run = 0;

  async function reload(): Promise<void> {
    run += 1;
    const mine = run;
    isLoading.value = true;
    try {
      const page = await options.load(askOf(state.value));
      if (mine === run) {
        rows.value = page.items;
        total.value = page.total;
        failure.value = null;
      }
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      if (mine === run) {
        failure.value = error;
      }
    } finally {
      if (mine === run) {
        isLoading.value = false;
      }
    }
  }

  async function show(query: LocationQueryRaw): Promise<void> {
    await router.push({ path: ownPath, query });
  }

  async function go(changes: Partial<ListQuery<Kinds, Sort>>): Promise<void> {
    const query = writeListQuery(options, { ...state.value, page: 1, ...changes });
    if (router.resolve({ path: ownPath, query }).fullPath === route.fullPath) {
      await reload();
    } else {
      await show(query);
    }
  }

  watch(
    () => (route.path === ownPath ? route.query : null),
    (query) => {
      if (query !== null) {
        const next = readListQuery(options, query);
        const isSame = JSON.stringify(writeListQuery(options, next)) === JSON.stringify(writeListQuery(options, state.value));
        state.value = next;
        Object.assign(draft, next.filters);
        if (!isSame) {
          void reload();
        }
      }
    },
  );

  let isFirst = true;
  onActivated(() => {
    if (isFirst) {
      isFirst = false;
    } else {
      void reload();
    }
  });
  void reload();

  return {
    rows,
    total,
    isLoading,
    failure,
    draft,
    page: computed(() => state.value.page),
    size: computed(() => state.value.size),
    sort: computed(() => state.value.sort),
    order: computed(() => state.value.order),
    filterCount: computed(() => Object.values(state.value.filters).filter((value) => value !== null).length),
    query: computed(() => writeListQuery(options, state.value)),
    wanted: computed(() => filtersThatAreSet(state.value.filters)),
    apply: () => go({ filters: { ...emptied(draft) } }),
    reset: () => go({ filters: Object.fromEntries(Object.keys(options.filters).map((name) => [name, null])) as Filters<Kinds> }),
    show,
    turnTo: (page) => go({ page }),
    resize: (size) => go({ size }),
    sortBy: (column) => {
      const sort = options.sorts.find((known) => known === column) ?? options.sorts[0];
      const isTurned = sort === state.value.sort && state.value.order === "desc";
      return go({ sort, order: isTurned ? "asc" : "desc" });
    },
    reload,
  };
}

/** Fields that somebody cleared hold empty text; that is "not set". */
function emptied<Kinds extends FilterKinds>(draft: Filters<Kinds>): Filters<Kinds> {
  return Object.fromEntries(
    Object.entries(draft).map(([name, value]) => {
      const kept = typeof value === "string" ? (value as string).trim() : value;
      return [name, kept === "" || kept === undefined ? null : kept];
    }),
  ) as Filters<Kinds>;
}
