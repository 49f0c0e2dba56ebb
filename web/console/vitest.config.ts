import { mergeConfig } from "vite";
import { defineConfig } from "vitest/config";

import viteConfig from "./vite.config.ts";

export default mergeConfig(
  viteConfig,
  defineConfig({
    test: {
      environment: "happy-dom",
      include: ["src/**/*.test.ts"],
      // Their style sheets are of no use to a test, and Node cannot load them.
      server: { deps: { inline: ["element-plus"] } },
      css: false,
    },
  }),
);
