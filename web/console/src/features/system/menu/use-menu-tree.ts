/** The menus of one console, chosen by the address, and what changes their order. */

import { type Ref, onActivated, ref, shallowRef, watch } from "vue";
import { useRoute, useRouter } from "vue-router";

import { sayDone, sayFailure, sayNote } from "@/adapter/messages";
import { ApiError } from "@/api-error";
import { answerOf, api } from "@/request";
import { reloadMenus } from "@/router";

import { leavingOut } from "../leaving-out";
import type { MenuNode, MenuPatch, Move } from "./menu-rows";
import { t } from "./words";

export const AUDIENCES = ["platform", "merchant"] as const;
export type MenuAudience = (typeof AUDIENCES)[number];

export interface MenuTree {
  audience: Ref<MenuAudience>;
  tree: Ref<MenuNode[]>;
  isLoading: Ref<boolean>;
  failure: Ref<ApiError | null>;
  load(): Promise<void>;
  /** After a write: the tree, and the sider that everybody sees. */
  refresh(): Promise<void>;
  show(audience: MenuAudience): Promise<void>;
  /** Carry out what a drag or a key meant; null says that it cannot be. */
  move(wanted: Move | null): Promise<void>;
}

function audienceOf(asked: unknown): MenuAudience {
  return asked === "merchant" ? "merchant" : "platform";
}

/** `changed` is called when another console's menus come into view. */
export function useMenuTree(changed: () => void): MenuTree {
  const route = useRoute();
  const router = useRouter();
  const ownPath = route.path;

  const audience = ref<MenuAudience>(audienceOf(route.query.console));
  const tree = shallowRef<MenuNode[]>([]);
  const isLoading = ref(true);
  const failure = shallowRef<ApiError | null>(null);
  let run = 0;

  async function load(): Promise<void> {
    run += 1;
    const mine = run;
    isLoading.value = true;
    try {
      const found = await answerOf(api.GET("/platform/v1/menus", { params: { query: { audience: audience.value } } }));
      if (mine === run) {
        tree.value = found.items;
        failure.value = null;
      }
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      if (mine === run) {
        failure.value = error;
      }
    } finally {
      if (mine === run) {
        isLoading.value = false;
      }
    }
  }

  async function refresh(): Promise<void> {
    await Promise.all([load(), reloadMenus()]);
  }

  async function show(wanted: MenuAudience): Promise<void> {
    await router.replace({ path: ownPath, query: wanted === "platform" ? {} : { console: wanted } });
  }

  async function send({ menu, isNewParent, parent_id, menu_ids }: Move): Promise<void> {
    if (isNewParent) {
      const path = { params: { path: { menu_id: menu.menu_id } } };
      await answerOf(api.PATCH("/platform/v1/menus/{menu_id}", { ...path, body: leavingOut<MenuPatch>({ parent_id }) }));
    }
    await answerOf(api.PUT("/platform/v1/menus/order", { body: { audience: audience.value, parent_id, menu_ids } }));
  }

  async function move(wanted: Move | null): Promise<void> {
    if (!wanted) {
      sayNote(t("cannotMove"));
      return;
    }
    try {
      await send(wanted);
      sayDone(t("moved"));
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      sayFailure(error);
    }
    await refresh();
  }

  watch(
    () => (route.path === ownPath ? route.query.console : null),
    (wanted) => {
      if (wanted !== null && audienceOf(wanted) !== audience.value) {
        audience.value = audienceOf(wanted);
        changed();
        void load();
      }
    },
  );
  onActivated(load);

  return { audience, tree, isLoading, failure, load, refresh, show, move };
}
