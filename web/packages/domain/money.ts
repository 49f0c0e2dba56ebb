/** Money is a whole number of fen (分, 1/100 yuan), CNY only. Yuan text is made here and nowhere else. */

export type Fen = number;

export interface PriceParts {
  sign: "" | "-";
  /** Whole yuan with thousands separators. */
  yuan: string;
  /** Always two digits. */
  cents: string;
}

/** Split an amount for display, where yuan and cents have different sizes. */
export function priceParts(amountFen: Fen): PriceParts {
  if (!Number.isSafeInteger(amountFen)) {
    throw new RangeError(`not a whole number of fen: ${amountFen}`);
  }
  const positive = Math.abs(amountFen);
  return {
    sign: amountFen < 0 ? "-" : "",
    yuan: String(Math.floor(positive / 100)).replace(/\B(?=(\d{3})+$)/g, ","),
    cents: String(positive % 100).padStart(2, "0"),
  };
}

/** `123450` → `¥1,234.50`. */
export function formatFen(amountFen: Fen): string {
  const { sign, yuan, cents } = priceParts(amountFen);
  return `${sign}¥${yuan}.${cents}`;
}
