import type { Page } from "@/router/pages";

export const pages: readonly Page[] = [
  { menu: "sys/log", view: () => import("./log/list.vue") },
  { menu: "sys/approval", view: () => import("./approval/list.vue") },
  { menu: "sys/dead-letter", view: () => import("./dead-letter/list.vue") },
  { menu: "sys/config", view: () => import("./config/list.vue") },
  { menu: "sys/secret", view: () => import("./secret/list.vue") },
];
