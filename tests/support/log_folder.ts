/** Files that handlers write, in a folder that goes with the test. */

import { gunzipSync } from "node:zlib";
import { linesOf } from "./run_deno.ts";

/** Runs a test with a folder of its own. */
export async function withFolder(fn: (folder: string) => unknown): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "paralog_" });
  try {
    await fn(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The text of every file of a folder, by name; gzipped ones are unpacked. */
export function textsOf(folder: string): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const { name, isFile } of [...Deno.readDirSync(folder)].sort(byName)) {
    if (!isFile) continue;
    const bytes = Deno.readFileSync(`${folder}/${name}`);
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    texts[name] = new TextDecoder().decode(isPacked ? gunzipSync(bytes) : bytes);
  }
  return texts;
}

/** The lines of a file; none if there is no file. */
export function linesOfFile(path: string): string[] {
  try {
    return linesOf(Deno.readTextFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function byName(a: Deno.DirEntry, b: Deno.DirEntry): number {
  return a.name < b.name ? -1 : 1;
}

/** Runs a function while `Date.now()` and `performance.now()` say what it sets, in seconds. */
export async function withClock(fn: (set: (seconds: number) => void) => unknown): Promise<void> {
  const originals = { date: Date.now, performance: performance.now };
  try {
    await fn((seconds) => {
      Date.now = () => seconds * 1000;
      performance.now = () => seconds * 1000;
    });
  } finally {
    Date.now = originals.date;
    performance.now = originals.performance;
  }
}
