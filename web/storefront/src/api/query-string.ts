/** Values of a query; one without a value is left out, a list gives a pair for each member. */
export type Query = Record<string, string | number | readonly string[] | null | undefined>;

/** A path with its query; without pairs, the path alone. */
export function withQuery(path: string, query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => {
    const values = Array.isArray(value) ? value : [value];
    return values
      .filter((one) => one !== null && one !== undefined && one !== "")
      .map((one) => `${name}=${encodeURIComponent(String(one))}`);
  });
  return pairs.length > 0 ? `${path}?${pairs.join("&")}` : path;
}
