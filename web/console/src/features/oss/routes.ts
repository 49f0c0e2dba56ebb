import type { Page } from "@/router/pages";

export const pages: readonly Page[] = [
  { menu: "oss/oss", view: () => import("./list.vue") },
  { menu: "merchant/file", view: () => import("./list.vue") },
];
