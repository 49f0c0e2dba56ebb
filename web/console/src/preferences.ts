/** How this person wants the console to look, kept in this browser. */

import { defineStore } from "pinia";
import { computed, ref, watch } from "vue";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const THEME_KEY = "wanpu.console.theme";
const SIDER_KEY = "wanpu.console.sider";

function storedTheme(): Theme {
  const stored = localStorage.getItem(THEME_KEY);
  return THEMES.find((theme) => theme === stored) ?? "system";
}

export const usePreferences = defineStore("preferences", () => {
  const theme = ref<Theme>(storedTheme());
  const isSiderNarrow = ref(localStorage.getItem(SIDER_KEY) === "narrow");
  const systemIsDark = ref(false);
  const media = matchMedia("(prefers-color-scheme: dark)");
  systemIsDark.value = media.matches;
  media.addEventListener("change", (event) => (systemIsDark.value = event.matches));

  const isDark = computed(() => (theme.value === "system" ? systemIsDark.value : theme.value === "dark"));

  watch(isDark, (dark) => document.documentElement.classList.toggle("dark", dark), { immediate: true });
  watch(theme, (chosen) => localStorage.setItem(THEME_KEY, chosen));
  watch(isSiderNarrow, (narrow) => localStorage.setItem(SIDER_KEY, narrow ? "narrow" : "wide"));

  return { theme, isDark, isSiderNarrow };
});
