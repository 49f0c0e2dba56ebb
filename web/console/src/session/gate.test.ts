import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, it } from "vitest";

import { dialogGate, letThrough, openPassage, turnAway } from "./gate";
import { type Me, useSession } from "./session";

beforeEach(() => setActivePinia(createPinia()));

function signIn(): void {
  useSession().me = { username: "admin" } as Me;
}

it("keeps everybody who was refused behind one dialog, and lets them all go on", async () => {
  signIn();
  const waiting = [dialogGate.signInAgain(), dialogGate.signInAgain()];
  expect(openPassage.value).toBe("sign-in");

  letThrough();

  await expect(Promise.all(waiting)).resolves.toEqual([undefined, undefined]);
  expect(openPassage.value).toBeNull();
});

it("sends everybody away when nobody signs in", async () => {
  signIn();
  const waiting = dialogGate.signInAgain();

  turnAway();

  await expect(waiting).rejects.toThrow("nobody signed in again");
});

it("asks nobody where nobody was signed in: a call that comes late opens no dialog", async () => {
  await expect(dialogGate.signInAgain()).rejects.toThrow("nobody is signed in");
  expect(openPassage.value).toBeNull();
});
