import type { SignedIn } from "@/api/types";
import { useCartCount } from "@/features/cart/cart-count";
import { returnTo } from "@platform/navigation";

import { useSession } from "./session";

/** What follows a login or a registration: keep the session, show the cart's badge, go on. */
export function useSignIn(): (signedIn: SignedIn, wanted: string) => Promise<void> {
  const session = useSession();
  const cart = useCartCount();
  return async (signedIn, wanted) => {
    session.begin(signedIn);
    await cart.refresh();
    returnTo(wanted);
  };
}
