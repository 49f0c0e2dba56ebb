import { type Ref, ref } from "vue";

/** A mini program has the phone layout alone. */
export function useDesktop(): Ref<boolean> {
  return ref(false);
}
