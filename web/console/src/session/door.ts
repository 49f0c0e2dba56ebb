/** The calls at the door: captcha, sign-in, a password of one's own. */

import { answerOf, doorApi } from "@/request";

export interface Captcha {
  uuid: string;
  image: string;
}

export interface Credentials {
  username: string;
  password: string;
  uuid: string;
  captcha: string;
  totp?: string;
}

/** A new captcha to answer. */
export function showCaptcha(): Promise<Captcha> {
  return answerOf(doorApi.GET("/console/v1/auth/captcha"));
}

/** Open a session; whether the password must be changed before anything else. */
export async function signIn(credentials: Credentials): Promise<{ mustChangePassword: boolean }> {
  const opened = await answerOf(doorApi.POST("/console/v1/auth/login", { body: credentials }));
  return { mustChangePassword: opened.must_change_password };
}

/** Give the signed-in account a new password. */
export async function changePassword(oldPassword: string, newPassword: string): Promise<void> {
  await answerOf(
    doorApi.POST("/console/v1/auth/password", { body: { old_password: oldPassword, new_password: newPassword } }),
  );
}
