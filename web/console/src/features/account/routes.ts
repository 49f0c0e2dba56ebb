import type { Page } from "@/router/pages";

import { t } from "./words";

export const pages: readonly Page[] = [
  { menu: null, below: "account", title: () => t("title"), view: () => import("./account-page.vue") },
];
