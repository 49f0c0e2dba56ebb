/** Words in both languages. Every text has its two versions side by side, beside the screen that shows it. */

import { createI18n } from "vue-i18n";

export const LANGUAGES = ["zh-CN", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

type Values = Record<string, string | number>;
type Words = Readonly<Record<string, string>>;

const STORED = "wanpu.console.language";

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((language) => language === value);
}

/** The language chosen here before, else the browser's, else Chinese. */
function firstLanguage(): Language {
  const stored = localStorage.getItem(STORED);
  if (isLanguage(stored)) {
    return stored;
  }
  return navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

export const i18n = createI18n<false>({
  legacy: false,
  locale: firstLanguage(),
  fallbackLocale: "zh-CN",
  messages: { "zh-CN": {}, en: {} },
});

/** The language that screens show; reading it inside a template follows later changes. */
export function currentLanguage(): Language {
  return i18n.global.locale.value as Language;
}

/** Show everything in another language, now and at the next visit. */
export function setLanguage(language: Language): void {
  i18n.global.locale.value = language;
  localStorage.setItem(STORED, language);
  document.documentElement.lang = language;
}

/** Whichever of two names the reader wants; the Chinese one where there is no other. */
export function inLanguage(chinese: string, english: string): string {
  return currentLanguage() === "en" && english ? english : chinese;
}

/** Several things in one line. */
export function listed(parts: readonly string[]): string {
  return parts.join(currentLanguage() === "en" ? ", " : "、");
}

/**
 * The words of one screen, under a name of its own: `const t = words("log", { title: "系统日志" }, { title: "System log" })`.
 *
 * The compiler demands every key in both languages, and knows the keys that `t` takes. `{name}` in a
 * text is filled from the second argument of `t`.
 */
export function words<Chinese extends Words>(
  screen: string,
  chinese: Chinese,
  english: Readonly<Record<keyof Chinese, string>>,
): (key: keyof Chinese & string, values?: Values) => string {
  i18n.global.mergeLocaleMessage("zh-CN", { [screen]: chinese });
  i18n.global.mergeLocaleMessage("en", { [screen]: english });
  return (key, values) => i18n.global.t(`${screen}.${key}`, values ?? {});
}
