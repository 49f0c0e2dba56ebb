/** Moving between pages. Tab pages must be switched to; all others are pushed. */

export const HOME = "/pages/home/index";
export const CATEGORY = "/pages/category/index";
export const CART = "/pages/cart/index";
export const ME = "/pages/me/index";

/** The pages that a tab leads to. */
export type TabName = "home" | "category" | "cart" | "me";

const TABS = new Set([HOME, CATEGORY, CART, ME]);
/** A mini program keeps at most ten pages. */
const DEEPEST = 9;

export function isTab(url: string): boolean {
  return TABS.has(url.split("?")[0] ?? "");
}

/** Go to `url`; `arrived` is called when the page is there, or could not be opened. */
export function openPage(url: string, arrived?: () => void): void {
  if (isTab(url)) {
    uni.switchTab({ url: url.split("?")[0] ?? url, complete: arrived });
  } else if (getCurrentPages().length > DEEPEST) {
    uni.redirectTo({ url, complete: arrived });
  } else {
    uni.navigateTo({ url, complete: arrived });
  }
}

/** Take the present page's place, so that "back" does not return to it. */
export function replacePage(url: string): void {
  if (isTab(url)) {
    uni.switchTab({ url: url.split("?")[0] ?? url });
  } else {
    uni.redirectTo({ url });
  }
}

/** Back to the page before, or to `fallback` on a page that was opened by its address. */
export function goBack(fallback: string = HOME): void {
  if (getCurrentPages().length > 1) {
    uni.navigateBack();
  } else {
    replacePage(fallback);
  }
}

/** Go on to `url`: back, when it is the page that led here and may still hold a choice, else by replacing. */
export function returnTo(url: string): void {
  const pages = getCurrentPages() as ShownPage[];
  if (pages.length > 1 && urlOf(pages.at(-2)) === url) {
    uni.navigateBack();
  } else {
    replacePage(url);
  }
}

/** Path and query of the page that is shown now. */
export function currentUrl(): string {
  return urlOf((getCurrentPages() as ShownPage[]).at(-1));
}

interface ShownPage {
  route?: string;
  options?: Record<string, string>;
}

function urlOf(page: ShownPage | undefined): string {
  if (!page?.route) {
    return HOME;
  }
  const query = Object.entries(page.options ?? {}).map(([name, value]) => [name, decoded(value)]);
  return queryUrl(`/${page.route}`, Object.fromEntries(query) as Record<string, string>);
}

/** A query value as the shopper meant it; some runtimes hand it over still encoded. */
export function decoded(value: string | undefined): string {
  try {
    return decodeURIComponent(value ?? "");
  } catch {
    return value ?? "";
  }
}

/** A page's address. The router encodes it once more, so only what would break the query is encoded here. */
export function queryUrl(path: string, query: Record<string, string | number | null | undefined>): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([name, value]) => `${name}=${String(value).replace(/[%&=#?+\s]/g, encodeURIComponent)}`);
  return pairs.length > 0 ? `${path}?${pairs.join("&")}` : path;
}

export function productUrl(spuId: string): string {
  return queryUrl("/pages/product/detail", { spu_id: spuId });
}

export function orderUrl(orderId: string): string {
  return queryUrl("/pages/order/detail", { order_id: orderId });
}

export function loginUrl(returnTo: string): string {
  return queryUrl("/pages/auth/login", { redirect: returnTo });
}
