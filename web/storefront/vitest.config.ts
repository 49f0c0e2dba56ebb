import { fileURLToPath } from "node:url";

import { defineConfig } from "vitest/config";

function folder(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

export default defineConfig({
  root: folder(".."),
  cacheDir: folder("node_modules/.vite"),
  resolve: {
    alias: {
      "@domain": folder("../packages/domain"),
      "@platform": folder("src/platform"),
      "@api-client": folder("../packages/api-client"),
      "@": folder("src"),
    },
  },
  test: { include: ["packages/**/*.test.ts", "storefront/src/**/*.test.ts"] },
});
