import type { Page } from "@/router/pages";
import { t } from "@/shell/words";

export const pages: readonly Page[] = [
  { menu: null, below: "", title: () => t("home"), view: () => import("./page.vue") },
];
