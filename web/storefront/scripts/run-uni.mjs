/** Run uni-app's builder with its advertisements left out of the log. */

import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const NOISE = [/unicloud/i, /uni statistics/, /Compiler version/, /^Compiling/, /已忽略静态资源目录/, /legacy-js-api/, /^Run method/, /^DONE {2}Build complete/];

/** Build one platform; ends this process with the builder's exit code when it fails. */
export function runUni(platformArguments) {
  const builder = join(ROOT, "node_modules", "@dcloudio", "vite-plugin-uni", "bin", "uni.js");
  const ran = spawnSync(process.execPath, [builder, "build", ...platformArguments], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, BROWSERSLIST_IGNORE_OLD_DATA: "true" },
  });
  const said = `${ran.stdout ?? ""}\n${ran.stderr ?? ""}`
    .split("\n")
    .map((line) => line.replace(/\u200b/g, "").trim())
    .filter((line) => line && !NOISE.some((noise) => noise.test(line)));
  if (said.length > 0) {
    console.log(said.join("\n"));
  }
  if (ran.error) {
    throw ran.error;
  }
  if (ran.status !== 0) {
    process.exit(ran.status ?? 1);
  }
}
