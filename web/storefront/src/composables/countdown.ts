import { secondsUntil } from "@domain/time";
import { onUnmounted, type Ref, ref, watch } from "vue";

import { serverNow } from "@/api/request";

/** Seconds until a deadline by the mall's clock, counted down every second; null without a deadline. */
export function useCountdown(deadline: () => string | null, onEnd: () => void): Ref<number | null> {
  const left = ref<number | null>(null);
  let timer: ReturnType<typeof setInterval> | undefined;

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
  }

  function tick(iso: string): void {
    left.value = secondsUntil(iso, serverNow());
    if (left.value === 0) {
      stop();
      onEnd();
    }
  }

  watch(
    deadline,
    (iso) => {
      stop();
      left.value = iso === null ? null : secondsUntil(iso, serverNow());
      if (iso !== null && left.value !== 0) {
        timer = setInterval(() => tick(iso), 1000);
      }
    },
    { immediate: true },
  );
  onUnmounted(stop);
  return left;
}
