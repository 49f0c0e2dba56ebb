/** How large a file is, in words. */

const KILO = 1024;

/** `812` → 812 B, `20480` → 20 KB, `1572864` → 1.5 MB. */
export function sizeText(bytes: number): string {
  if (bytes < KILO) {
    return `${bytes} B`;
  }
  const isMega = bytes >= KILO * KILO;
  const count = bytes / (isMega ? KILO * KILO : KILO);
  const text = count.toFixed(count < 10 ? 1 : 0).replace(/\.0$/, "");
  return `${text} ${isMega ? "MB" : "KB"}`;
}
