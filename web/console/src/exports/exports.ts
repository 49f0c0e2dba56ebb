/**
 * The exports of whoever is signed in. The mall writes them; this asks how far they are while any goes on,
 * wherever the reader is meanwhile.
 */

import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";

import type { components } from "@api-client/schema";

import { sayDone, sayNote } from "@/adapter/messages";
import { ApiError } from "@/api-error";
import { type Api, answerOf, api, unattendedApi } from "@/request";
import { inLanguage } from "@/text";

import { t } from "./words";

export type Export = components["schemas"]["ExportOut"];

/** What a list asks for: its name at the mall, its filters and its order as they are shown. */
export interface ExportAsk {
  kind: string;
  filters: Readonly<Record<string, string | number | boolean>>;
  sort: string;
  order: "asc" | "desc";
}

const POLL_MS = 1500;
/** After failures each wait is twice the last, up to this. */
const SLOWEST_POLL_MS = 60_000;
const of = (export_id: string) => ({ params: { path: { export_id } } });

export function isGoingOn(one: Export): boolean {
  return one.status === "waiting" || one.status === "running";
}

export function titleOf(one: Export): string {
  return inLanguage(one.title_zh, one.title_en);
}

/** 0 to 100; a list that grew meanwhile never passes its end. */
export function percentOf(one: Export): number {
  if (one.status === "done") {
    return 100;
  }
  return one.rows_total === 0 ? 0 : Math.min(99, Math.floor((one.rows_done / one.rows_total) * 100));
}

const REASONS: Readonly<Record<string, Parameters<typeof t>[0]>> = {
  "export.not_allowed": "why_export_not_allowed",
  "export.too_many_rows": "why_export_too_many_rows",
  "export.too_large": "why_export_too_large",
  "export.given_up": "why_export_given_up",
  "export.list_gone": "why_export_list_gone",
  "storage.not_configured": "why_storage_not_configured",
};

export function reasonOf(one: Export): string {
  const known = REASONS[one.error_code];
  return known ? t(known) : t("why_other", { code: one.error_code });
}

export const useExports = defineStore("exports", () => {
  const items = shallowRef<Export[]>([]);
  const isOpen = ref(false);
  const isStale = ref(false);
  const goingOn = computed(() => items.value.filter(isGoingOn).length);
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Grows with every load and every end: an answer that comes after the next one began is thrown away. */
  let run = 0;
  /** Grows whenever somebody leaves: what they began does not go on for whoever comes next. */
  let visit = 0;
  let failures = 0;

  function waitForNext(): void {
    clearTimeout(timer);
    if (goingOn.value > 0 && !document.hidden) {
      timer = setTimeout(() => void load(unattendedApi), Math.min(POLL_MS * 2 ** failures, SLOWEST_POLL_MS));
    }
  }

  /** Nobody looks at a hidden tab; whoever comes back sees the present state. */
  function onSight(): void {
    clearTimeout(timer);
    if (goingOn.value > 0 && !document.hidden) {
      void load(unattendedApi);
    }
  }

  /** Ask the mall for all of them, and go on asking while one is not over. */
  async function load(client: Api = api): Promise<void> {
    document.addEventListener("visibilitychange", onSight);
    clearTimeout(timer);
    run += 1;
    const mine = run;
    try {
      const found = (await answerOf(client.GET("/console/v1/exports"))).items;
      if (mine === run) {
        const before = items.value;
        items.value = found;
        isStale.value = false;
        failures = 0;
        tellOfEnds(before);
      }
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      if (mine === run) {
        isStale.value = true;
        failures += 1;
      }
    }
    if (mine === run) {
      waitForNext();
    }
  }

  function tellOfEnds(before: readonly Export[]): void {
    for (const one of items.value) {
      const was = before.find((other) => other.export_id === one.export_id);
      if (!isOpen.value && was && isGoingOn(was)) {
        if (one.status === "done") {
          sayDone(t("finished", { title: titleOf(one) }));
        } else if (one.status === "failed") {
          sayNote(t("broke", { title: titleOf(one) }));
        }
      }
    }
  }

  async function start(ask: ExportAsk): Promise<void> {
    const { kind, sort, order } = ask;
    const mine = visit;
    const body = { kind, sort, order, filters: { ...ask.filters } };
    const begun = await answerOf(api.POST("/console/v1/exports", { body }));
    if (mine === visit) {
      if (begun.sort !== sort || begun.order !== order) {
        sayNote(t("reordered", { title: titleOf(begun) }));
      }
      isOpen.value = true;
      await load();
    }
  }

  async function cancel(one: Export): Promise<void> {
    await changeThenLoad(answerOf(api.POST("/console/v1/exports/{export_id}/cancel", of(one.export_id))));
  }

  async function remove(one: Export): Promise<void> {
    await changeThenLoad(answerOf(api.DELETE("/console/v1/exports/{export_id}", of(one.export_id))));
  }

  /** What stands here may be old, so a refusal shows the present state too. */
  async function changeThenLoad(change: Promise<unknown>): Promise<void> {
    const mine = visit;
    try {
      await change;
    } finally {
      if (mine === visit) {
        await load();
      }
    }
  }

  /** Save the file: the browser fetches it by a link that opens for some minutes. */
  async function download(one: Export): Promise<void> {
    const { url } = await answerOf(api.GET("/console/v1/exports/{export_id}/link", of(one.export_id)));
    const anchor = document.createElement("a");
    anchor.href = url;
    anchor.download = "";
    anchor.click();
  }

  /** Forget everything: nobody is signed in any more. */
  function stop(): void {
    document.removeEventListener("visibilitychange", onSight);
    clearTimeout(timer);
    run += 1;
    visit += 1;
    failures = 0;
    items.value = [];
    isOpen.value = false;
    isStale.value = false;
  }

  return { items, isOpen, isStale, goingOn, load, start, cancel, remove, download, stop };
});
