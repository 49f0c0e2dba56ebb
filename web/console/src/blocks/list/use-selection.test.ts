import { describe, expect, it } from "vitest";
import { nextTick, ref } from "vue";

import { useSelection } from "./use-selection";

describe("the ticks of a list", () => {
  it("go with rows that go, and leave no trace when those come back", async () => {
    const rows = ref(["a", "b", "c"]);
    const selection = useSelection(rows, (row) => row);
    selection.toggle("a");
    selection.toggle("c");

    rows.value = ["a", "b"];
    await nextTick();
    rows.value = ["a", "b", "c"];
    await nextTick();

    expect(selection.selected.value).toEqual(["a"]);
  });

  it("cover the page at once, and come off at once", () => {
    const selection = useSelection(ref(["a", "b"]), (row) => row);

    selection.toggleAll();
    expect([selection.isWhole.value, selection.selected.value]).toEqual([true, ["a", "b"]]);
    selection.toggleAll();
    expect([selection.isWhole.value, selection.selected.value]).toEqual([false, []]);
  });
});
