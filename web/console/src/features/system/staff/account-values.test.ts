import { expect, test } from "vitest";

import { drawPassword, isLookedAfter, patchOf, valuesOf } from "./account-values";
import type { StaffInfo } from "./calls";

const LI: StaffInfo = {
  user_id: "65601234",
  username: "li.lei",
  email: "li@example.com",
  mobile: null,
  status: 1,
  merchant_id: null,
  create_user_id: "1",
  must_change_password: false,
  has_second_factor: false,
  locked_until: null,
  last_login_at: null,
  created_at: "2026-11-22T15:00:00Z",
  roles: [
    { role_id: "7", role_name: "客服" },
    { role_id: "8", role_name: "财务" },
  ],
  allowed_ips: ["10.0.0.0/8"],
  last_login_ip: null,
};

test("an untouched form tells the mall nothing", () => {
  const values = valuesOf(LI, ["7", "8"]);

  expect(patchOf(values, { ...values, role_ids: ["8", "7"] })).toEqual({});
});

test("only what differs is sent, an emptied field as null", () => {
  const before = valuesOf(LI, ["7", "8"]);

  const patch = patchOf(before, { ...before, email: " ", mobile: " 13800138000 ", allowed_ips: [], role_ids: ["8"] });

  expect(patch).toEqual({ email: null, mobile: "13800138000", allowed_ips: [], role_ids: ["8"] });
});

test("roles beyond the editor's sight are no part of the form", () => {
  expect(valuesOf(LI, ["8"]).role_ids).toEqual(["8"]);
});

test("nobody looks after itself, and nobody after the first account", () => {
  expect(isLookedAfter(LI, "1")).toBe(true);
  expect(isLookedAfter(LI, "65601234")).toBe(false);
  expect(isLookedAfter({ ...LI, user_id: "1" }, "65601234")).toBe(false);
});

test("a drawn password has fourteen letters that do not look alike, and differs each time", () => {
  const drawn = new Set(Array.from({ length: 50 }, drawPassword));

  expect(drawn.size).toBe(50);
  expect([...drawn].every((password) => /^[a-zA-Z2-9]{14}$/.test(password) && !/[iloIO]/.test(password))).toBe(true);
});
