import type { Page } from "@/router/pages";

export const pages: readonly Page[] = [
  { menu: "job/schedule", view: () => import("./schedule/list.vue") },
  { menu: "job/log", view: () => import("./log/list.vue") },
];
