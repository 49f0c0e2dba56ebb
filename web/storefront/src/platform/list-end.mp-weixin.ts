import type { ComponentPublicInstance } from "vue";

/** Call `near` whenever the marked end of a list comes within `aheadPx` below the screen; returns how to stop. */
export function watchListEnd(list: ComponentPublicInstance, mark: string, aheadPx: number, near: () => void): () => void {
  const watcher = uni.createIntersectionObserver(list);
  watcher.relativeToViewport({ bottom: aheadPx }).observe(mark, (seen) => {
    if (seen.intersectionRatio > 0) {
      near();
    }
  });
  return () => watcher.disconnect();
}
