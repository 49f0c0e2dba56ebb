/**
 * What both front ends do with a finished build: pack its texts, and put it where the mall serves it.
 */

import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { constants, gzipSync } from "node:zlib";

const TEXT = new Set([".html", ".js", ".css", ".svg", ".json"]);
/** Below this a packed copy saves nothing. */
const SMALLEST_PACKED_BYTES = 1024;

/** Every file of a folder, however deep. */
export function filesBelow(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** Write a `.gz` beside every text of a folder that is worth it. */
export function packTexts(folder) {
  for (const path of filesBelow(folder)) {
    const content = readFileSync(path);
    if (TEXT.has(extname(path)) && content.length >= SMALLEST_PACKED_BYTES) {
      writeFileSync(`${path}.gz`, gzipSync(content, { level: constants.Z_BEST_COMPRESSION }));
    }
  }
}

/** Let a build take the old one's place by a rename, so that a running mall never serves half of it. */
export function putInPlace(built, target) {
  const staged = `${target}.new`;
  const retired = `${target}.old`;
  mkdirSync(dirname(target), { recursive: true });
  rmSync(staged, { recursive: true, force: true });
  rmSync(retired, { recursive: true, force: true });
  cpSync(built, staged, { recursive: true });
  if (existsSync(target)) {
    renameSync(target, retired);
  }
  renameSync(staged, target);
  rmSync(retired, { recursive: true, force: true });
}

/** `42 files, 1300 kB`, for the log. */
export function sizeOf(folder) {
  const files = filesBelow(folder);
  const bytes = files.reduce((sum, path) => sum + statSync(path).size, 0);
  return `${files.length} files, ${Math.round(bytes / 1000)} kB`;
}
