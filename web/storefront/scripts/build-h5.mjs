/** Build the H5 storefront and put it where the mall serves it: src/wanpu/static/h5. */

import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "vite";

import { filesBelow, packTexts, putInPlace, sizeOf } from "../../packages/delivery/deliver.mjs";
import { runUni } from "./run-uni.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, "..", "dist", "build", "h5");
const target = process.env.WANPU_H5_DIR ?? join(here, "..", "..", "..", "src", "wanpu", "static", "h5");

/** The runtime names its vendor's pictures and statistics hosts; a shop of its own asks nobody else for anything. */
function cutVendorAddresses(path) {
  if ([".css", ".js"].includes(extname(path))) {
    const content = readFileSync(path, "utf8");
    const cut = content
      .replace(/url\(https?:\/\/[^)]*\)/g, "none")
      .replace(/https:\/\/[a-z0-9]+\.dcloud\.net\.cn[^"'`\s)]*/g, "");
    if (cut !== content) {
      writeFileSync(path, cut);
    }
  }
}

/** Scripts that the page itself already names, or that load with it. */
function isEverywhere(script) {
  return /^(index|vendor|shop)[.-]/.test(script);
}

/** A page's own script and what it imports, without what every page loads. */
function scriptsOf(script, found = new Set()) {
  if (!found.has(script) && !isEverywhere(script)) {
    found.add(script);
    const content = readFileSync(join(built, "assets", script), "utf8");
    for (const [, imported] of content.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) {
      scriptsOf(imported, found);
    }
  }
  return found;
}

/** Page → addresses of its scripts, by the names that the build gave them. */
function pageScripts() {
  const pages = JSON.parse(readFileSync(join(here, "..", "src", "pages.json"), "utf8")).pages.map((page) => page.path);
  const scripts = readdirSync(join(built, "assets"));
  return Object.fromEntries(
    pages.flatMap((page) => {
      const script = scripts.find((name) => name.startsWith(`${page.replaceAll("/", "-")}.`) && name.endsWith(".js"));
      return script ? [[page, [...scriptsOf(script)].map((name) => `/assets/${name}`)]] : [];
    }),
  );
}

/** Let the page begin with `src/early`, which asks for what comes first. */
async function addEarlyScript() {
  const source = join(here, "..", "src");
  const { output } = await build({
    configFile: false,
    logLevel: "error",
    resolve: { alias: { "@": source, "@platform": join(source, "platform") } },
    define: { PAGE_SCRIPTS: JSON.stringify(pageScripts()) },
    build: {
      write: false,
      rollupOptions: {
        input: { early: join(source, "early", "main.ts") },
        output: { format: "iife", entryFileNames: "assets/[name].[hash].js" },
      },
    },
  });
  writeFileSync(join(built, output[0].fileName), output[0].code);
  const page = join(built, "index.html");
  const html = readFileSync(page, "utf8");
  writeFileSync(page, html.replace('<script type="module"', `<script async src="/${output[0].fileName}"></script>\n    $&`));
}

rmSync(built, { recursive: true, force: true });
runUni([]);
filesBelow(built).forEach(cutVendorAddresses);
await addEarlyScript();
packTexts(built);
putInPlace(built, target);
console.log(`storefront: ${sizeOf(target)} in ${target}`);
