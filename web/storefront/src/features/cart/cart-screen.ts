/** The cart page's doing: show a change at once, tell the mall, then show what the mall counted. */

import { computed, ref } from "vue";

import { changeCartItem, getCart, removeCartItems, selectWholeCart } from "@/api/cart";
import type { Cart, CartItem } from "@/api/types";
import { showFailure } from "@platform/notify";
import { confirmed } from "@platform/question";

import { useCartCount } from "./cart-count";
import { buyableGroups, checkoutItems, invalidItems, tickState, withQuantity, withTicks } from "./cart-view";

/** Taps on a stepper come in bursts: the last one counts. */
const QUANTITY_DELAY_MS = 350;

export function useCartScreen() {
  const badge = useCartCount();
  const cart = ref<Cart | null>(null);
  const hasFailed = ref(false);
  /** Counts changes under way, so that an older answer never overwrites a newer one. */
  let change = 0;
  const waiting = new Map<string, ReturnType<typeof setTimeout>>();

  const groups = computed(() => (cart.value ? buyableGroups(cart.value) : []));
  const invalid = computed(() => (cart.value ? invalidItems(cart.value) : []));
  const chosen = computed(() => (cart.value ? checkoutItems(cart.value) : []));
  const allTicks = computed(() => tickState(groups.value.flatMap((group) => group.items)));
  const isCounting = ref(false);

  /** Send something and show the cart it answers, unless a newer change is under way by then. */
  async function follow(send: () => Promise<Cart>): Promise<void> {
    const mine = ++change;
    isCounting.value = true;
    try {
      const answer = await send();
      if (mine === change) {
        cart.value = answer;
        badge.set(answer.total_quantity);
        hasFailed.value = false;
      }
    } finally {
      if (mine === change) {
        isCounting.value = false;
      }
    }
  }

  async function load(): Promise<void> {
    try {
      await follow(getCart);
    } catch (error) {
      hasFailed.value = cart.value === null;
      showFailure(error);
    }
  }

  /** Tell the mall about a change; when it refuses, show the cart as the mall knows it. */
  async function tell(write: () => Promise<Cart>): Promise<void> {
    try {
      await follow(write);
    } catch (error) {
      showFailure(error);
      await load();
    }
  }

  function tick(items: readonly CartItem[], selected: boolean): Promise<void> {
    const ids = items.filter((item) => item.selected !== selected).map((item) => item.sku_id);
    if (cart.value) {
      cart.value = withTicks(cart.value, ids, selected);
    }
    return tell(async () => {
      await Promise.all(ids.map((id) => changeCartItem(id, { selected })));
      return getCart();
    });
  }

  function tickAll(selected: boolean): Promise<void> {
    if (cart.value) {
      const ids = groups.value.flatMap((group) => group.items.map((item) => item.sku_id));
      cart.value = withTicks(cart.value, ids, selected);
    }
    return tell(() => selectWholeCart(selected));
  }

  function setQuantity(item: CartItem, quantity: number): void {
    if (cart.value) {
      cart.value = withQuantity(cart.value, item.sku_id, quantity);
    }
    change += 1;
    isCounting.value = true;
    clearTimeout(waiting.get(item.sku_id));
    waiting.set(
      item.sku_id,
      setTimeout(() => {
        waiting.delete(item.sku_id);
        void tell(() => changeCartItem(item.sku_id, { quantity }));
      }, QUANTITY_DELAY_MS),
    );
  }

  async function remove(items: readonly CartItem[], question: string): Promise<void> {
    if (await confirmed("删除商品", question, "删除")) {
      await tell(() => removeCartItems(items.map((item) => item.sku_id)));
    }
  }

  return { cart, hasFailed, groups, invalid, chosen, allTicks, isCounting, load, tick, tickAll, setQuantity, remove };
}
