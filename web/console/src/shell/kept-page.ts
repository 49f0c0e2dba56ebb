/** Wraps pages so that each address keeps a page of its own, with its state, until its tab is closed. */

import { type Component, type VNode, defineComponent, h } from "vue";

const wrappers = new Map<string, Component>();

/** The name under which a page's state is kept: address and round, a new round being a new page. */
export function keptName(path: string, round: number): string {
  return `${path}#${round}`;
}

/** A component of that name around what the router shows. */
export function keptPage(name: string, page: VNode): VNode {
  const known = wrappers.get(name);
  const wrapper = known ?? defineComponent({ name, props: { page: { type: Object, required: true } }, render: renderPage });
  if (!known) {
    wrappers.set(name, wrapper);
  }
  return h(wrapper, { key: name, page });
}

function renderPage(this: { page: VNode }): VNode {
  return h(this.page);
}

/** Forget the wrappers of pages that are closed. */
export function forgetPages(openNames: ReadonlySet<string>): void {
  for (const name of wrappers.keys()) {
    if (!openNames.has(name)) {
      wrappers.delete(name);
    }
  }
}
