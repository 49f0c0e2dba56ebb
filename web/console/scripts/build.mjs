/** Build the console and put it where the mall serves it: src/wanpu/static/console. */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "vite";

import { packTexts, putInPlace, sizeOf } from "../../packages/delivery/deliver.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const built = join(root, "dist");
const target = process.env.WANPU_CONSOLE_DIR ?? join(root, "..", "..", "src", "wanpu", "static", "console");

await build({ root, logLevel: "warn" });
packTexts(built);
putInPlace(built, target);
console.log(`console: ${sizeOf(target)} in ${target}`);
