import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import uniPlugin from "@dcloudio/vite-plugin-uni";
import { defineConfig, type Plugin } from "vite";

/** The plugin is CommonJS: under "type": "module" its default export arrives wrapped. */
const uni = (uniPlugin as unknown as { default?: typeof uniPlugin }).default ?? uniPlugin;

const platform = process.env.UNI_PLATFORM ?? "h5";
const mall = process.env.WANPU_MALL_URL ?? "http://127.0.0.1:8000";

function folder(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** Let `import "@/platform/keyboard"` find keyboard.h5.ts or keyboard.mp-weixin.ts. */
function platformModules(): Plugin {
  return {
    name: "wanpu:platform-modules",
    enforce: "pre",
    resolveId(source, importer) {
      // Aliases are resolved before this runs, so a path is absolute or relative by now.
      if (!importer || !/^[./]/.test(source)) {
        return null;
      }
      const file = `${resolve(dirname(importer), source)}.${platform}.ts`;
      return existsSync(file) ? file : null;
    },
  };
}

const ELEMENT = 1;
const COMPONENT = 1;
const PLAIN_TAGS: Readonly<Record<string, string>> = { view: "div", text: "span" };

/** On H5 let `view` and `text` be elements: uni-app's are components, and a list of products has hundreds. */
function plainElements(node: { type: number; tag?: string; tagType?: number }): void {
  const plain = PLAIN_TAGS[node.tag ?? ""];
  if (platform === "h5" && node.type === ELEMENT && node.tagType === COMPONENT && plain) {
    node.tag = plain;
    node.tagType = 0;
  }
}

/** What nearly every page needs, and the home page itself: one file that loads beside the entry, not after it. */
const SHOP = /\/web\/(packages\/|storefront\/src\/(api|components|composables|native|platform|pages\/home|features\/cart\/cart-count|features\/member\/session|features\/product\/(categor|home|product-(card|grid))))/;

function chunkOf(id: string): string | undefined {
  if (id.includes("/node_modules/") && !id.includes("area-data")) {
    return "vendor";
  }
  return SHOP.test(id) ? "shop" : undefined;
}

export default defineConfig({
  plugins: [
    platformModules(),
    uni({ vueOptions: { template: { compilerOptions: { nodeTransforms: [plainElements] } } } }),
  ],
  resolve: {
    alias: {
      "@domain": folder("../packages/domain"),
      "@api-client": folder("../packages/api-client"),
      // Not below "@/": uni-app resolves that alias itself and never asks a plugin.
      "@platform": folder("src/platform"),
      "@native": folder("src/native"),
    },
  },
  build:
    platform === "h5" ? { cssCodeSplit: false, rollupOptions: { output: { manualChunks: chunkOf } } } : {},
  css: {
    preprocessorOptions: {
      // Vite 5.2, which uni-app pins, still calls the old Sass interface.
      scss: { silenceDeprecations: ["legacy-js-api", "import"] },
    },
  },
  server: {
    host: "127.0.0.1",
    port: 5173,
    proxy: Object.fromEntries(["/store", "/files", "/pay", "/cashier"].map((path) => [path, { target: mall }])),
  },
});
