/** Why something stands in the login log, in words. */

import { words } from "@/text";

const t = words(
  "loginReason",
  {
    wrong: "账号或密码错误",
    locked: "账号已锁定",
    replaced: "登录时密码被修改",
    address: "地址不在允许之列",
    disabled: "账号已停用",
    totpNeeded: "缺动态验证码",
    totpWrong: "动态验证码错误",
    captcha: "图形验证码错误",
    throttled: "尝试过于频繁",
    everywhere: "退出了所有设备",
    fromAnother: "在另一设备上结束",
    commandLine: "由命令行操作",
    by: "由 {name} 操作",
  },
  {
    wrong: "Wrong name or password",
    locked: "The account is locked",
    replaced: "The password changed meanwhile",
    address: "Address not allowed",
    disabled: "The account is disabled",
    totpNeeded: "Second factor missing",
    totpWrong: "Wrong second factor",
    captcha: "Wrong captcha",
    throttled: "Too many tries",
    everywhere: "Signed out everywhere",
    fromAnother: "Ended from another device",
    commandLine: "From the command line",
    by: "By {name}",
  },
);

const KNOWN: Readonly<Record<string, Parameters<typeof t>[0]>> = {
  "auth.wrong_credentials": "wrong",
  "staff.locked": "locked",
  "staff.password_replaced": "replaced",
  "staff.address_not_allowed": "address",
  "staff.disabled": "disabled",
  "auth.totp_required": "totpNeeded",
  "auth.totp_wrong": "totpWrong",
  "auth.captcha_wrong": "captcha",
  "auth.too_many_attempts": "throttled",
  everywhere: "everywhere",
  from_another_session: "fromAnother",
  command_line: "commandLine",
};

/** The reason of a row in words; one that we have none for stays as it is. */
export function reasonText(reason: string): string {
  const known = KNOWN[reason];
  if (known) {
    return t(known);
  }
  return reason.startsWith("by ") ? t("by", { name: reason.slice(3) }) : reason;
}
