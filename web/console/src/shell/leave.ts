/** The way out: the session ends, and nothing that was open stays for whoever comes next. */

import { router } from "@/router";
import { useSession } from "@/session/session";

import { useTabs } from "./tabs";

/** Sign out and go to the door. The pages go before their tabs do: a tab that is gone would build its page anew. */
export async function leave(): Promise<void> {
  await useSession().signOut();
  await router.push("/sign-in");
  useTabs().forget();
}
