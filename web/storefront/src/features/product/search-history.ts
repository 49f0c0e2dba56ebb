/** What was searched for on this device, newest first. */

const KEY = "wanpu.searches";
const MOST_KEPT = 12;

export function searchHistory(): string[] {
  const kept = uni.getStorageSync(KEY) as string[] | "";
  return Array.isArray(kept) ? kept : [];
}

export function rememberSearch(keyword: string): string[] {
  const kept = [keyword, ...searchHistory().filter((earlier) => earlier !== keyword)].slice(0, MOST_KEPT);
  uni.setStorageSync(KEY, kept);
  return kept;
}

export function forgetSearches(): void {
  uni.removeStorageSync(KEY);
}
