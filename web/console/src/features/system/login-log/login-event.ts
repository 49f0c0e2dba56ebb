/** What the login log tells of, and how it looks. */

import type { components } from "@api-client/schema";

import type { Tone } from "@/blocks/show/status-tag.vue";

export type Login = components["schemas"]["LoginLogOut"];
export type LoginEvent = components["schemas"]["LoginEvent"];

export const LOGIN_EVENTS = ["signed_in", "refused", "signed_out", "kicked", "password_changed"] as const satisfies readonly LoginEvent[];

export const EVENT_TONES: Readonly<Record<LoginEvent, Tone>> = {
  signed_in: "good",
  refused: "bad",
  signed_out: "plain",
  kicked: "warn",
  password_changed: "calm",
};
