/** Numbers over time, as a chart draws them and a table lists them. */

import type { BarSeriesOption, LineSeriesOption } from "echarts/charts";
import type { GridComponentOption, LegendComponentOption, TooltipComponentOption } from "echarts/components";
import type { ComposeOption } from "echarts/core";

import type { ChartColours, SeriesTone } from "./colours";

/** One row of numbers. Its shape tells it from the others for whoever does not tell colours apart. */
export interface TrendSeries {
  key: string;
  title: string;
  shape: "bar" | "line";
  tone: SeriesTone;
  /** One for each label. */
  values: readonly number[];
}

export interface Trend {
  labels: readonly string[];
  series: readonly TrendSeries[];
}

export type TrendOption = ComposeOption<
  BarSeriesOption | LineSeriesOption | GridComponentOption | LegendComponentOption | TooltipComponentOption
>;

/** What ECharts is told. Its own legend would lie over the axis, so ours stands on top. */
export function trendOption(trend: Trend, colours: ChartColours, isAnimated: boolean): TrendOption {
  const text = { color: colours.ink, fontFamily: colours.font };
  return {
    animation: isAnimated,
    textStyle: text,
    grid: { top: 44, right: 12, bottom: 8, left: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    legend: { top: 0, left: 0, itemGap: 20, itemWidth: 14, itemHeight: 10, textStyle: text },
    tooltip: {
      trigger: "axis",
      confine: true,
      backgroundColor: colours.ground,
      borderColor: colours.line,
      textStyle: text,
    },
    xAxis: {
      type: "category",
      data: [...trend.labels],
      axisLabel: text,
      axisLine: { lineStyle: { color: colours.line } },
      axisTick: { show: false },
    },
    yAxis: { type: "value", minInterval: 1, axisLabel: text, splitLine: { lineStyle: { color: colours.line } } },
    series: trend.series.map((one) => seriesOption(one, colours.series[one.tone])),
  };
}

function seriesOption(one: TrendSeries, color: string): BarSeriesOption | LineSeriesOption {
  const common = { name: one.title, data: [...one.values], itemStyle: { color } };
  return one.shape === "bar"
    ? { ...common, type: "bar", barMaxWidth: 32, itemStyle: { color, borderRadius: [4, 4, 0, 0] } }
    : { ...common, type: "line", symbol: "diamond", symbolSize: 9, lineStyle: { color, width: 2 } };
}
