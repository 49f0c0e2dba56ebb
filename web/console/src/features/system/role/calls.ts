/** Calls about roles: the platform's console has its own and, for the super administrator, merchants' too. */

import type { components } from "@api-client/schema";

import { answerOf, api } from "@/request";
import { useSession } from "@/session/session";

type Schemas = components["schemas"];
export type Role = Schemas["RoleOut"];
export type RoleInfo = Schemas["RoleInfoOut"];
export type MenuNode = Schemas["MenuNodeOut"];
export type Nav = Schemas["NavOut"];
export type NavMenu = Schemas["NavMenuOut"];

interface Asked {
  role_name?: string;
  merchant_id?: string;
  page: number;
  size: number;
  sort: "created_at" | "role_name";
  order: "asc" | "desc";
}

const of = (role_id: string) => ({ params: { path: { role_id } } });

const platform = {
  may: {
    info: "sys:role:info",
    save: "sys:role:save",
    update: "sys:role:update",
    remove: "sys:role:delete",
    menus: "sys:menu:list",
  },
  list: (query: Asked) => answerOf(api.GET("/platform/v1/roles", { params: { query } })),
  get: (id: string) => answerOf(api.GET("/platform/v1/roles/{role_id}", of(id))),
  preview: (id: string) => answerOf(api.GET("/platform/v1/roles/{role_id}/nav", of(id))),
  create: (body: Schemas["RoleCreate"]) => answerOf(api.POST("/platform/v1/roles", { body })),
  change: (id: string, body: Schemas["RolePatch"]) =>
    answerOf(api.PATCH("/platform/v1/roles/{role_id}", { ...of(id), body })),
  remove: (id: string) => answerOf(api.DELETE("/platform/v1/roles/{role_id}", of(id))),
  /** The menus that a role of this console, or of a merchant, can grant. */
  menus: (audience: Schemas["Audience"]) => answerOf(api.GET("/platform/v1/menus", { params: { query: { audience } } })),
};

export type RoleCalls = typeof platform;

const merchant: RoleCalls = {
  may: {
    info: "merchant:role:info",
    save: "merchant:role:save",
    update: "merchant:role:update",
    remove: "merchant:role:delete",
    menus: "merchant:menu:list",
  },
  list: ({ merchant_id: _, ...query }) => answerOf(api.GET("/merchant/v1/roles", { params: { query } })),
  get: (id) => answerOf(api.GET("/merchant/v1/roles/{role_id}", of(id))),
  preview: (id) => answerOf(api.GET("/merchant/v1/roles/{role_id}/nav", of(id))),
  create: (body) => answerOf(api.POST("/merchant/v1/roles", { body })),
  change: (id, body) => answerOf(api.PATCH("/merchant/v1/roles/{role_id}", { ...of(id), body })),
  remove: (id) => answerOf(api.DELETE("/merchant/v1/roles/{role_id}", of(id))),
  menus: () => answerOf(api.GET("/merchant/v1/menus")),
};

/** The calls of whoever is signed in. */
export function roleCalls(): RoleCalls {
  return useSession().me?.audience === "merchant" ? merchant : platform;
}
