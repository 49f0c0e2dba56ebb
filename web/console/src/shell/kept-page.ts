/** Wraps pages so that each address keeps a page of its own, with its state, until its tab is closed. */

import { type Component, type VNode, defineComponent, h } from "vue";

import PageBoundary from "./page-boundary.vue";

const wrappers = new Map<string, Component>();

/** The name under which a page's state is kept: address and round, a new round being a new page. */
export function keptName(path: string, round: number): string {
  return `${path}#${round}`;
}

/** A component of that name around what the router shows, to be keyed by it; it emits `again` when a page that broke shall be built anew. */
export function keptPage(name: string, page: VNode, onAgain: () => void): VNode {
  const known = wrappers.get(name);
  const wrapper =
    known ?? defineComponent({ name, props: { page: { type: Object, required: true } }, emits: ["again"], render: renderPage });
  if (!known) {
    wrappers.set(name, wrapper);
  }
  return h(wrapper, { page, onAgain });
}

/** Each page has a boundary of its own: one around all of them would take them along when it goes. */
function renderPage(this: { page: VNode; $emit: (event: "again") => void }): VNode {
  return h(PageBoundary, { onAgain: () => this.$emit("again") }, () => h(this.page));
}

/** Forget the wrappers of pages that are closed. */
export function forgetPages(openNames: ReadonlySet<string>): void {
  for (const name of wrappers.keys()) {
    if (!openNames.has(name)) {
      wrappers.delete(name);
    }
  }
}
