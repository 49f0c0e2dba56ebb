import { describe, expect, it } from "vitest";

import { listQuery } from "./list-query";

describe("listQuery", () => {
  it("shows a category's newest first", () => {
    expect(listQuery({ category_id: "7" })).toEqual({ category_id: "7", sort: "new" });
  });

  it("shows a search's best matches first, also when the words arrive still encoded", () => {
    expect(listQuery({ keyword: "%E4%BF%9D%E6%B8%A9%E6%9D%AF" })).toEqual({ keyword: "保温杯" });
  });

  it("keeps a sort it knows and ignores any other", () => {
    expect(listQuery({ merchant_id: "3", sort: "-price" })).toEqual({ merchant_id: "3", sort: "-price" });
    expect(listQuery({ merchant_id: "3", sort: "random" })).toEqual({ merchant_id: "3", sort: "new" });
  });
});
