/** Most units of one SKU in one purchase; the mall refuses more. */
export const MOST_PER_LINE = 999;

/** Bring a wanted quantity into 1 … stock; text that is no whole number keeps the present one. */
export function clampQuantity(wanted: number | string, present: number, stock: number): number {
  const value = typeof wanted === "string" ? Number(wanted.trim() || Number.NaN) : wanted;
  if (!Number.isInteger(value)) {
    return present;
  }
  return Math.max(1, Math.min(value, stock, MOST_PER_LINE));
}
