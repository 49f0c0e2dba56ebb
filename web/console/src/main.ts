/** Starts the console. */

import { createPinia } from "pinia";
import { createApp } from "vue";

import "element-plus/theme-chalk/base.css";
import "element-plus/theme-chalk/dark/css-vars.css";
import "./styles/tokens.css";
import "./styles/global.css";
import "./adapter/theme.css";

import { sayFailure } from "./adapter/messages";
import { ApiError } from "./api-error";
import App from "./app.vue";
import { guardBrowserTab } from "./blocks/form/unsaved";
import { usePreferences } from "./preferences";
import { installGate } from "./request";
import { reloadMenus, router } from "./router";
import { dialogGate } from "./session/gate";
import { currentLanguage, i18n, setLanguage } from "./text";

const app = createApp(App).use(createPinia()).use(i18n).use(router);

/** What no page and no boundary has taken. */
app.config.errorHandler = (error) => {
  if (error instanceof ApiError) {
    sayFailure(error);
  } else {
    console.error(error);
  }
};

/** Calls that nothing waits for fail in the same way. */
addEventListener("unhandledrejection", (event) => {
  if (event.reason instanceof ApiError) {
    event.preventDefault();
    sayFailure(event.reason);
  }
});

usePreferences();
setLanguage(currentLanguage());
installGate(dialogGate(reloadMenus));
guardBrowserTab();
app.mount("#app");
