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

export default defineConfig({
  plugins: [platformModules(), uni()],
  resolve: {
    alias: {
      "@domain": folder("../packages/domain"),
      "@api-client": folder("../packages/api-client"),
      // Not below "@/": uni-app resolves that alias itself and never asks a plugin.
      "@platform": folder("src/platform"),
      "@native": folder("src/native"),
    },
  },
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
