import { defineStore } from "pinia";
import { ref } from "vue";

import { getCart } from "@/api/cart";
import { storedToken } from "@/api/token";

/** How many units lie in the cart, for the badge. */
export const useCartCount = defineStore("cart-count", () => {
  const count = ref(0);

  function set(quantity: number): void {
    count.value = quantity;
  }

  /** Ask the mall; a badge is not worth an error message. */
  async function refresh(): Promise<void> {
    if (storedToken() !== null) {
      const cart = await getCart().catch(() => null);
      if (cart) {
        count.value = cart.total_quantity;
      }
    }
  }

  return { count, set, refresh };
});
