import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, it, vi } from "vitest";

import { dialogGate, letThrough, openPassage, turnAway } from "./gate";
import { type Me, rememberAccount, useSession } from "./session";

beforeEach(() => {
  setActivePinia(createPinia());
  localStorage.clear();
});

const reloadMenus = vi.fn(async () => undefined);
const gate = dialogGate(reloadMenus);

function signIn(): void {
  useSession().me = { username: "admin" } as Me;
}

it("keeps everybody who was refused behind one dialog, and lets them all go on", async () => {
  signIn();
  const waiting = [gate.signInAgain(), gate.signInAgain()];
  expect(openPassage.value).toBe("sign-in");

  letThrough();

  await expect(Promise.all(waiting)).resolves.toEqual([undefined, undefined]);
  expect(openPassage.value).toBeNull();
});

it("sends everybody away when nobody signs in", async () => {
  signIn();
  const waiting = gate.signInAgain();

  turnAway();

  await expect(waiting).rejects.toThrow("nobody signed in again");
});

it("asks nobody where nobody was signed in: a call that comes late opens no dialog", async () => {
  await expect(gate.signInAgain()).rejects.toThrow("nobody is signed in");
  expect(openPassage.value).toBeNull();
});

it("knows when the browser's session is somebody else's by now", () => {
  expect(gate.isOthers()).toBe(false);
  signIn();
  rememberAccount("admin");
  expect(gate.isOthers()).toBe(false);

  rememberAccount("li");

  expect(gate.isOthers()).toBe(true);
});

it("reads anew what the account may do after a refusal, once for all that come together", async () => {
  gate.noteForbidden();
  gate.noteForbidden();
  expect(reloadMenus).toHaveBeenCalledTimes(1);

  await Promise.resolve();
  gate.noteForbidden();

  expect(reloadMenus).toHaveBeenCalledTimes(2);
});
