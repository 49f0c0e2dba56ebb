/** Calls about accounts: operators look after the platform's and merchants', a merchant after its own. */

import type { components } from "@api-client/schema";

import { answerOf, api } from "@/request";
import { useSession } from "@/session/session";

type Schemas = components["schemas"];
export type Staff = Schemas["StaffOut"];
export type StaffInfo = Schemas["StaffInfoOut"];
export type RoleChoice = Schemas["RoleChoiceOut"];

interface Asked {
  username?: string;
  mobile?: string;
  status?: Schemas["StaffStatus"];
  role_id?: string;
  merchant_id?: string;
  page: number;
  size: number;
  sort: "created_at" | "username" | "status" | "last_login_at";
  order: "asc" | "desc";
}

const of = (user_id: string) => ({ params: { path: { user_id } } });

const platform = {
  may: {
    info: "sys:user:info",
    save: "sys:user:save",
    update: "sys:user:update",
    remove: "sys:user:delete",
    chooseRoles: "sys:role:select",
    merchant: "sys:user:merchant",
  },
  list: (query: Asked) => answerOf(api.GET("/platform/v1/staff", { params: { query } })),
  get: (id: string) => answerOf(api.GET("/platform/v1/staff/{user_id}", of(id))),
  create: (body: Schemas["StaffCreate"]) => answerOf(api.POST("/platform/v1/staff", { body })),
  change: (id: string, body: Schemas["StaffPatch"]) =>
    answerOf(api.PATCH("/platform/v1/staff/{user_id}", { ...of(id), body })),
  resetPassword: (id: string, password: string) =>
    answerOf(api.POST("/platform/v1/staff/{user_id}/password", { ...of(id), body: { password } })),
  dropSecondFactor: (id: string) => answerOf(api.DELETE("/platform/v1/staff/{user_id}/second-factor", of(id))),
  disable: (id: string) => answerOf(api.POST("/platform/v1/staff/{user_id}/disable", of(id))),
  enable: (id: string) => answerOf(api.POST("/platform/v1/staff/{user_id}/enable", of(id))),
  remove: (id: string) => answerOf(api.DELETE("/platform/v1/staff/{user_id}", of(id))),
  /** Roles that an account can be given: the platform's, or one merchant's. */
  roleChoices: (merchant_id: string | null) =>
    answerOf(api.GET("/platform/v1/roles/select", { params: { query: merchant_id === null ? {} : { merchant_id } } })),
};

export type StaffCalls = typeof platform;

const merchant: StaffCalls = {
  may: {
    info: "merchant:staff:info",
    save: "merchant:staff:save",
    update: "merchant:staff:update",
    remove: "merchant:staff:delete",
    chooseRoles: "merchant:role:select",
    merchant: "",
  },
  list: ({ merchant_id: _, ...query }) => answerOf(api.GET("/merchant/v1/staff", { params: { query } })),
  get: (id) => answerOf(api.GET("/merchant/v1/staff/{user_id}", of(id))),
  create: (body) => answerOf(api.POST("/merchant/v1/staff", { body })),
  change: (id, body) => answerOf(api.PATCH("/merchant/v1/staff/{user_id}", { ...of(id), body })),
  resetPassword: (id, password) =>
    answerOf(api.POST("/merchant/v1/staff/{user_id}/password", { ...of(id), body: { password } })),
  dropSecondFactor: (id) => answerOf(api.DELETE("/merchant/v1/staff/{user_id}/second-factor", of(id))),
  disable: (id) => answerOf(api.POST("/merchant/v1/staff/{user_id}/disable", of(id))),
  enable: (id) => answerOf(api.POST("/merchant/v1/staff/{user_id}/enable", of(id))),
  remove: (id) => answerOf(api.DELETE("/merchant/v1/staff/{user_id}", of(id))),
  roleChoices: () => answerOf(api.GET("/merchant/v1/roles/select")),
};

/** The calls of whoever is signed in. */
export function staffCalls(): StaffCalls {
  return useSession().me?.audience === "merchant" ? merchant : platform;
}

/** 新增商家账号: one that may do everything for its merchant. */
export function createMerchantStaff(merchant_id: string, body: Schemas["MerchantStaffCreate"]): Promise<StaffInfo> {
  return answerOf(
    api.POST("/platform/v1/merchants/{merchant_id}/staff", { params: { path: { merchant_id } }, body }),
  );
}
