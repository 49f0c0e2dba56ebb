import type { ComponentPublicInstance } from "vue";

/** Call `near` whenever the marked end of a list comes within `aheadPx` below the screen; returns how to stop. */
export function watchListEnd(list: ComponentPublicInstance, mark: string, aheadPx: number, near: () => void): () => void {
  const end = (list.$el as Element).querySelector(mark);
  if (!end) {
    throw new RangeError(`the list has no ${mark}`);
  }
  /* What was seen may be out of date: a list that has just filled has moved its end away. */
  const isNear = () => end.getBoundingClientRect().top < window.innerHeight + aheadPx;
  const watcher = new IntersectionObserver(
    (seen) => {
      if (seen.some((one) => one.isIntersecting) && isNear()) {
        near();
      }
    },
    { rootMargin: `0px 0px ${aheadPx}px` },
  );
  watcher.observe(end);
  return () => watcher.disconnect();
}
