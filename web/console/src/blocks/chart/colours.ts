/** The colours and the type of charts: our tokens, as they stand in the theme that is shown. */

export const SERIES_TONES = ["calm", "bad", "good", "warn", "brand"] as const;
export type SeriesTone = (typeof SERIES_TONES)[number];

export interface ChartColours {
  ink: string;
  line: string;
  ground: string;
  font: string;
  series: Readonly<Record<SeriesTone, string>>;
}

export function chartColours(): ChartColours {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: token("ink-soft"),
    line: token("line"),
    ground: token("raised"),
    font: token("font"),
    series: { calm: token("calm"), bad: token("bad"), good: token("good"), warn: token("warn"), brand: token("brand-text") },
  };
}
