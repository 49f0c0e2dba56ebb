import { expect, it } from "vitest";

import { differences } from "./json-difference";

it("finds changed, added and removed fields however deep, and nothing that is the same", () => {
  const before = { name: "lin", address: { city: "杭州", zip: "310000" }, roles: [1, 2], gone: true };
  const after = { name: "lin", address: { city: "上海", zip: "310000" }, roles: [1, 3, 4], fresh: null };

  expect(differences(before, after)).toEqual([
    { path: "address.city", kind: "changed", before: "杭州", after: "上海" },
    { path: "roles[1]", kind: "changed", before: 2, after: 3 },
    { path: "roles[2]", kind: "added", after: 4 },
    { path: "gone", kind: "removed", before: true },
    { path: "fresh", kind: "added", after: null },
  ]);
});

it("lists every field of a thing that was created or deleted", () => {
  expect(differences(undefined, { a: 1, b: { c: "x" } })).toEqual([
    { path: "a", kind: "added", after: 1 },
    { path: "b.c", kind: "added", after: "x" },
  ]);
  expect(differences({ a: {} }, undefined)).toEqual([{ path: "a", kind: "removed", before: {} }]);
});

it("tells an object from a list and a number from its text", () => {
  expect(differences({ a: {} }, { a: [] })).toEqual([{ path: "a", kind: "changed", before: {}, after: [] }]);
  expect(differences(1, "1")).toEqual([{ path: "", kind: "changed", before: 1, after: "1" }]);
});
