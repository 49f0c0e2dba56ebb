import type { Page } from "@/router/pages";

export const pages: readonly Page[] = [
  { menu: "sys/user", view: () => import("./staff/list.vue") },
  { menu: "merchant/staff", view: () => import("./staff/list.vue") },
  { menu: "sys/role", view: () => import("./role/list.vue") },
  { menu: "merchant/role", view: () => import("./role/list.vue") },
  { menu: "sys/menu", view: () => import("./menu/list.vue") },
  { menu: "sys/session", view: () => import("./session/list.vue") },
  { menu: "sys/login-log", view: () => import("./login-log/list.vue") },
  { menu: "sys/log", view: () => import("./log/list.vue") },
  { menu: "sys/approval", view: () => import("./approval/list.vue") },
  { menu: "sys/dead-letter", view: () => import("./dead-letter/list.vue") },
  { menu: "sys/health", view: () => import("./health/page.vue") },
  { menu: "sys/sql", view: () => import("./sql/list.vue") },
  { menu: "sys/config", view: () => import("./config/list.vue") },
  { menu: "sys/secret", view: () => import("./secret/list.vue") },
];
