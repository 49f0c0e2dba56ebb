/**
 * Runs on H5 before everything else: asks for what a page opened by its address needs first, while the shop's own
 * code is still on its way. The code finds it among the browser's preloads; a wrong guess costs a needless request.
 */

import { firstCalls } from "./first-calls";

/** Page → its scripts; the build writes it. */
declare const PAGE_SCRIPTS: Readonly<Record<string, readonly string[]>>;

function preload(attributes: Partial<HTMLLinkElement>): void {
  document.head.append(Object.assign(document.createElement("link"), attributes));
}

const page = window.location.pathname.slice(1) || "pages/home/index";
const options = Object.fromEntries(new URLSearchParams(window.location.search));

for (const href of PAGE_SCRIPTS[page] ?? []) {
  preload({ rel: "modulepreload", href });
}
for (const href of firstCalls(page, options)) {
  preload({ rel: "preload", as: "fetch", crossOrigin: "anonymous", href });
}
