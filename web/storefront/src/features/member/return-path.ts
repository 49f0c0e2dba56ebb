/** Where a shopper goes on after logging in. */

const HOME = "/pages/home/index";

/** Accept only pages of this storefront: a link must not be able to send a shopper elsewhere. */
export function safeReturnPath(wanted: string | undefined): string {
  if (!wanted || !/^\/pages\/[a-z-]+\/[a-z-]+(\?[^#]*)?$/.test(wanted)) {
    return HOME;
  }
  return wanted.startsWith("/pages/auth/") ? HOME : wanted;
}
