import { onUnmounted, type Ref, ref } from "vue";

const DESKTOP = "(min-width: 960px)";

/** Whether the window is wide enough for the desktop layout; follows a resize. */
export function useDesktop(): Ref<boolean> {
  const query = window.matchMedia(DESKTOP);
  const isDesktop = ref(query.matches);
  const follow = () => {
    isDesktop.value = query.matches;
  };
  query.addEventListener("change", follow);
  onUnmounted(() => query.removeEventListener("change", follow));
  return isDesktop;
}
