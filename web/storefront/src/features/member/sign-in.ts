import type { SignedIn } from "@/api/types";
import { useCartCount } from "@/features/cart/cart-count";
import { replacePage } from "@platform/navigation";

import { useSession } from "./session";

/** What follows a login or a registration: keep the session, show the cart's badge, go on. */
export function useSignIn(): (signedIn: SignedIn, returnTo: string) => Promise<void> {
  const session = useSession();
  const cart = useCartCount();
  return async (signedIn, returnTo) => {
    session.begin(signedIn);
    await cart.refresh();
    replacePage(returnTo);
  };
}
