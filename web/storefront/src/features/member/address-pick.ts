/** Hands an address from the address book back to the checkout that asked for one. */

import { defineStore } from "pinia";
import { ref } from "vue";

export const useAddressPick = defineStore("address-pick", () => {
  const addressId = ref<string | null>(null);

  function pick(id: string): void {
    addressId.value = id;
  }

  /** The address picked since the last look, once. */
  function take(): string | null {
    const picked = addressId.value;
    addressId.value = null;
    return picked;
  }

  return { pick, take };
});
