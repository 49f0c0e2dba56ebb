/** Where somebody goes after signing in: only ever a page of this console. */

/** A path of ours that came in a query, else the home page. */
export function safeReturnPath(wanted: unknown): string {
  const isOurs = typeof wanted === "string" && /^\/(?![/\\])/.test(wanted) && !wanted.startsWith("/sign-in");
  return isOurs ? wanted : "/";
}
