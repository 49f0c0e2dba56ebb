/** The router: public sign-in, and behind it the shell with whatever the account's menus allow. */

import { shallowRef } from "vue";
import { createRouter, createWebHistory, type RouteLocationRaw } from "vue-router";

import { ApiError } from "@/api-error";
import { mayBeSignedIn, useSession } from "@/session/session";
import ForbiddenView from "@/shell/views/forbidden-view.vue";
import MissingView from "@/shell/views/missing-view.vue";
import { t } from "@/shell/words";

import { placesIn } from "./menu-tree";
import { PAGES } from "./pages";
import { routesFor } from "./routes";

const SHELL = "shell";
const SIGN_IN = "sign-in";
const RELOADED = "wanpu.console.reloaded";

export const router = createRouter({
  history: createWebHistory(import.meta.env.BASE_URL),
  routes: [
    { path: "/sign-in", name: SIGN_IN, component: () => import("@/session/sign-in-page.vue") },
    {
      path: "/",
      name: SHELL,
      component: () => import("@/shell/console-shell.vue"),
      children: [{ path: "/:rest(.*)*", component: () => import("@/shell/views/not-found-view.vue") }],
    },
  ],
});

let removers: (() => void)[] = [];

/** Put the routes of the present account in place of whoever was here before. */
function installRoutes(): void {
  removers.forEach((remove) => remove());
  const routes = routesFor(placesIn(useSession().menus), PAGES, {
    missing: MissingView,
    forbidden: ForbiddenView,
    forbiddenTitle: () => t("forbidden"),
  });
  removers = routes.map((route) => router.addRoute(SHELL, route));
}

/** Read who is signed in and open their routes; the address of the sign-in page when nobody is. */
async function enter(to: string): Promise<RouteLocationRaw> {
  const door = { name: SIGN_IN, query: to === "/" ? {} : { to } };
  if (!mayBeSignedIn()) {
    return door;
  }
  try {
    await useSession().load();
  } catch (error) {
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
      return error.status === 403 ? { ...door, query: { ...door.query, step: "password" } } : door;
    }
    throw error;
  }
  installRoutes();
  return to;
}

router.beforeEach(async (to) => {
  if (to.name === SIGN_IN || useSession().isSignedIn) {
    return true;
  }
  return enter(to.fullPath);
});

/** Why the address that was asked for could not be shown; null while all is well. */
export const navigationFailure = shallowRef<Error | null>(null);

function isFileMissing(error: Error): boolean {
  return /dynamically imported module|module script failed/i.test(error.message);
}

/** A page's file that does not come although there is a network went with an update of the mall: load the new console, once. */
router.onError((error: Error, to) => {
  if (isFileMissing(error) && navigator.onLine && sessionStorage.getItem(RELOADED) !== to.fullPath) {
    sessionStorage.setItem(RELOADED, to.fullPath);
    location.assign(router.resolve(to.fullPath).href);
    return;
  }
  navigationFailure.value = error;
});

router.afterEach((_to, _from, failure) => {
  if (!failure) {
    sessionStorage.removeItem(RELOADED);
    navigationFailure.value = null;
  }
});

/** Take the menus that changed into use. */
export async function reloadMenus(): Promise<void> {
  await useSession().refreshMenus();
  installRoutes();
}
