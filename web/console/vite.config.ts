import { fileURLToPath } from "node:url";

import vue from "@vitejs/plugin-vue";
import components from "unplugin-vue-components/vite";
import { defineConfig } from "vite";

import { resolveUiComponent } from "./src/adapter/components.ts";

const mall = process.env.WANPU_MALL_URL ?? "http://127.0.0.1:8000";

function folder(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

export default defineConfig({
  base: "/console/",
  plugins: [vue(), components({ dts: false, dirs: [], resolvers: [resolveUiComponent] })],
  define: {
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  resolve: {
    alias: {
      "@": folder("src"),
      "@domain": folder("../packages/domain"),
      "@api-client": folder("../packages/api-client"),
    },
  },
  build: {
    target: "es2022",
    chunkSizeWarningLimit: 600,
    // How long each plugin took says something of the machine, and nothing of the build.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: {
    host: "127.0.0.1",
    port: 5174,
    proxy: Object.fromEntries(["/console/v1", "/platform", "/merchant", "/files"].map((path) => [path, { target: mall }])),
  },
});
