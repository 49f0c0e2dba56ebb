import { words } from "@/text";

export const t = words(
  "chart",
  { table: "看表格", chart: "看图", label: "{title}：{values}" },
  { table: "As a table", chart: "As a chart", label: "{title}: {values}" },
);
