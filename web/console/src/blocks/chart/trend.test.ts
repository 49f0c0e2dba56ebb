import { describe, expect, it } from "vitest";

import type { ChartColours } from "./colours";
import { type Trend, trendOption } from "./trend";

const COLOURS: ChartColours = {
  ink: "#111111",
  line: "#222222",
  ground: "#333333",
  font: "Songti",
  series: { calm: "#444444", bad: "#555555", good: "#666666", warn: "#777777", brand: "#888888" },
};

const TREND: Trend = {
  labels: ["11-23", "11-24"],
  series: [
    { key: "in", title: "Signed in", shape: "bar", tone: "calm", values: [3, 5] },
    { key: "refused", title: "Refused", shape: "line", tone: "bad", values: [0, 2] },
  ],
};

describe("a trend", () => {
  it("is drawn in the theme's colours, each series in a shape of its own", () => {
    const { series, xAxis } = trendOption(TREND, COLOURS, true);

    expect(series).toMatchObject([
      { type: "bar", name: "Signed in", data: [3, 5], itemStyle: { color: "#444444" } },
      { type: "line", name: "Refused", data: [0, 2], itemStyle: { color: "#555555" }, symbol: "diamond" },
    ]);
    expect(xAxis).toMatchObject({ data: ["11-23", "11-24"], axisLine: { lineStyle: { color: "#222222" } } });
  });

  it("keeps its legend above the drawing and counts in whole numbers", () => {
    const { legend, grid, yAxis } = trendOption(TREND, COLOURS, true);

    expect(legend).toMatchObject({ top: 0 });
    expect(grid).toMatchObject({ top: 44 });
    expect(yAxis).toMatchObject({ minInterval: 1 });
  });

  it("stands still for whoever asked for less motion", () => {
    expect(trendOption(TREND, COLOURS, false).animation).toBe(false);
  });
});
