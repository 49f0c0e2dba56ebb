/** Element Plus' own words in the language of the console. */

import english from "element-plus/es/locale/lang/en";
import chinese from "element-plus/es/locale/lang/zh-cn";
import { computed } from "vue";

import { currentLanguage } from "@/text";

export const elementLocale = computed(() => (currentLanguage() === "en" ? english : chinese));
