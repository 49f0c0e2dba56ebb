import { describe, expect, it } from "vitest";
import type { LocationQuery } from "vue-router";

import { fromField, toField } from "./beijing-input";
import { askOf, flag, instant, oneOf, readListQuery, text, writeListQuery } from "./list-query";
import { isSameView, queryToKeep } from "./saved-views";

const rules = {
  filters: { name: text, status: oneOf("open", "closed"), is_open: flag, since: instant },
  sorts: ["created_at", "expires_at"],
} as const;

const UNTOUCHED = {
  filters: { name: null, status: null, is_open: null, since: null },
  page: 1,
  size: 20,
  sort: "created_at",
  order: "desc",
};

describe("a list's address", () => {
  it("says nothing for a list that nobody touched", () => {
    expect(readListQuery(rules, {})).toEqual(UNTOUCHED);
    expect(writeListQuery(rules, readListQuery(rules, {}))).toEqual({});
  });

  it("keeps filters, page, size and order over a round trip", () => {
    const query = {
      name: "order paid",
      status: "closed",
      is_open: "false",
      since: "2026-11-22T15:00:00Z",
      page: "3",
      size: "50",
      sort: "expires_at",
      order: "asc",
    };

    expect(writeListQuery(rules, readListQuery(rules, query))).toEqual(query);
  });

  it.each<LocationQuery>([
    { page: "0" },
    { page: "1.5" },
    { page: "100001" },
    { page: "' OR 1=1" },
    { size: "1000" },
    { sort: "password" },
    { order: "sideways" },
    { status: "unknown" },
    { is_open: "maybe" },
    { since: "yesterday" },
    { name: "   " },
    { stranger: "x" },
  ])("is read as if wrong parts were not there: %o", (query) => {
    expect(readListQuery(rules, query)).toEqual(UNTOUCHED);
  });

  it("takes the first of a part that stands twice", () => {
    expect(readListQuery(rules, { status: ["open", "closed"] }).filters.status).toBe("open");
  });

  it("becomes what the mall is asked: filters that are set, beside the page", () => {
    const state = readListQuery(rules, { is_open: "false", page: "2" });

    expect(askOf(state)).toEqual({ is_open: false, page: 2, size: 20, sort: "created_at", order: "desc" });
  });
});

describe("time fields", () => {
  it("show and read Beijing's wall clock", () => {
    expect(toField("2026-11-22T16:30:00Z")).toBe("2026-11-23T00:30");
    expect(fromField("2026-11-23T00:30")).toBe("2026-11-22T16:30:00Z");
  });

  it("are empty for no time, and no time while they are half filled", () => {
    expect([toField(null), fromField(""), fromField("2026-11-")]).toEqual(["", null, null]);
  });
});

describe("saved views", () => {
  it("are the same whatever page they stand on and however they are ordered", () => {
    expect(isSameView({ status: "open", size: "50", page: "4" }, { size: "50", status: "open" })).toBe(true);
    expect(isSameView({ status: "open" }, { status: "closed" })).toBe(false);
  });

  it("keep everything of an address but its page", () => {
    expect(queryToKeep({ status: "open", page: "4", size: "50", name: null })).toEqual({ status: "open", size: "50" });
  });
});
