/** Line icons on a 24 × 24 grid, drawn for this shop. */

const STROKE: Readonly<Record<string, string>> = {
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 20 20",
  home: "M4 11 12 4l8 7M6 10v9h4.5v-5h3v5H18v-9",
  grid: "M5 5h5.5v5.5H5zM13.5 5H19v5.5h-5.5zM5 13.5h5.5V19H5zM13.5 13.5H19V19h-5.5z",
  cart: "M3 5h2.4l2 10.2h9.8L19.4 8H6.1M9 19.4h.01M16 19.4h.01",
  user: "M12 11.5a3.7 3.7 0 1 0 0-7.4 3.7 3.7 0 0 0 0 7.4zM4.8 20c.6-3.7 3.6-5.6 7.2-5.6s6.6 1.9 7.2 5.6",
  left: "M14.5 5.5 8 12l6.5 6.5",
  right: "M9.5 5.5 16 12l-6.5 6.5",
  down: "M5.5 9.5 12 16l6.5-6.5",
  close: "M6 6l12 12M18 6 6 18",
  plus: "M12 6v12M6 12h12",
  minus: "M6 12h12",
  check: "M5.5 12.5 10 17l8.5-9.5",
  trash: "M5 7h14M10 7V4.8h4V7M7 7l.8 12.2h8.4L17 7M10.4 10.5v5.5M13.6 10.5v5.5",
  pin: "M12 20.5c4.2-4.3 6.5-7.6 6.5-10.5a6.5 6.5 0 1 0-13 0c0 2.9 2.3 6.2 6.5 10.5zM12 12.4a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8z",
  clock: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 8v4.3l3 1.9",
  copy: "M9 9h10v10H9zM15 9V5H5v10h4",
  shop: "M4.5 9.5 6 5h12l1.5 4.5a2.5 2.5 0 0 1-5 0 2.5 2.5 0 0 1-5 0 2.5 2.5 0 0 1-5 0zM6 12v7.5h12V12M10 19.5V15h4v4.5",
  truck: "M3 6.5h11v10H3zM14 10h4l3 3.3v3.2h-7M7 19a1.8 1.8 0 1 0 0-3.6A1.8 1.8 0 0 0 7 19zM17 19a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z",
  box: "M12 3.8 19.5 8v8.2L12 20.3l-7.5-4.1V8zM4.5 8l7.5 4.2L19.5 8M12 12.2v8.1",
  wallet: "M4 7.5h15.5v11.5H4zM4 7.5 15.5 4.5v3M15 13.2h1.5",
  receipt: "M6 4h12v16l-2.4-1.6L13.8 20 12 18.4 10.2 20l-1.8-1.6L6 20zM9 8.5h6M9 12h6",
  shield: "M12 3.8 18.8 6v5.6c0 4-2.8 6.9-6.8 8.6-4-1.7-6.8-4.6-6.8-8.6V6zM8.9 12l2.2 2.2 4-4.3",
  edit: "M5 19l.8-3.6L15.6 5.6a1.8 1.8 0 0 1 2.6 0l.2.2a1.8 1.8 0 0 1 0 2.6L8.6 18.2z",
  eye: "M3 12c2.2-3.8 5.2-5.7 9-5.7s6.8 1.9 9 5.7c-2.2 3.8-5.2 5.7-9 5.7S5.2 15.8 3 12zM12 14.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2z",
  logout: "M10 4.5H5v15h5M14.5 8l4 4-4 4M18.5 12H9.5",
  info: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 11.2v4.8M12 8h.01",
  spark: "M12 4c.7 4.7 3.3 7.3 8 8-4.7.7-7.3 3.3-8 8-.7-4.7-3.3-7.3-8-8 4.7-.7 7.3-3.3 8-8z",
  headphones: "M4.5 14v-1.5a7.5 7.5 0 0 1 15 0V14M4.5 14h3v5.5h-1a2 2 0 0 1-2-2zM19.5 14h-3v5.5h1a2 2 0 0 0 2-2z",
  lamp: "M8.5 4.5h7l3 7.5h-13zM12 12v7.5M8.5 19.5h7",
  bowl: "M3.8 11h16.4c0 4.6-3.4 8-8.2 8s-8.2-3.4-8.2-8zM9 7.8c-.8-1 .8-2 0-3.3M13 7.8c-.8-1 .8-2 0-3.3",
  shirt: "M9 4.5 4 7.3l1.6 4L7.5 10.5v9h9v-9l1.9.8 1.6-4L15 4.5a3 3 0 0 1-6 0z",
  book: "M12 6.5C10 5 7.3 4.7 4 5v13c3.3-.3 6 0 8 1.5 2-1.5 4.7-1.8 8-1.5V5c-3.3-.3-6 0-8 1.5zM12 6.5v13",
  bottle: "M9.8 4h4.4v3.2H9.8zM9.8 7.2C8 8.2 7.3 9.6 7.3 11.5v6.7c0 1 .8 1.8 1.8 1.8h5.8c1 0 1.8-.8 1.8-1.8v-6.7c0-1.9-.7-3.3-2.5-4.3M7.3 13.5h9.4",
  ball: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM4.6 9.5c4.2 1.9 10.6 1.9 14.8 0M4.6 14.5c4.2-1.9 10.6-1.9 14.8 0M12 4v16",
  rattle: "M12 13a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12 13v4M9.8 19.5a2.2 2.2 0 1 0 4.4 0 2.2 2.2 0 0 0-4.4 0zM9.6 8.5h4.8",
  leaf: "M5 19c0-8.5 5-13.5 14-14 .5 9-4.5 14-13 14M5 19c2-4 5-7 9-9",
  tag: "M4.5 4.5h7.3l8 8-7.3 7.3-8-8zM8.5 8.5h.01",
};

/** The line of an icon, as SVG path data. */
export function iconPath(name: string): string {
  const path = STROKE[name];
  if (path === undefined) {
    throw new RangeError(`no such icon: ${name}`);
  }
  return path;
}

/** The CSS image of an icon, to be used as a mask so that it takes the text's colour: a mini program has no SVG elements. */
export function iconMask(name: string, weight: number): string {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#000" ` +
    `stroke-width="${weight}" stroke-linecap="round" stroke-linejoin="round"><path d="${iconPath(name)}"/></svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(svg)}")`;
}
