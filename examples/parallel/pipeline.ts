/**
 * A pipeline: a generator reads files block by block, workers search them, and a stream gives what
 * they find in the order of the files. Blocks are read as results are taken, and moved to the workers:
 * files may be of any size, and some blocks are in memory. Leaving the loop stops all of it.
 *
 *     deno run --allow-read examples/parallel/pipeline.ts PATTERN FILE… [--n-jobs=N] [--max=N]
 *
 * Prints the lines that match a regular expression, with file and number: all, or the first ones. On
 * stderr: how much was read.
 */

import { type Call, delayed, Parallel, task } from "@paralog/paralog";
import { parseArgs } from "@std/cli/parse-args";

const BLOCK_BYTES = 1024 * 1024;
const NEWLINE = 10;

/** What a block has. */
interface Found {
  readonly path: string;
  readonly lines: number;
  readonly matches: readonly { readonly line: number; readonly text: string }[];
}

export const search = task(
  import.meta,
  function search(path: string, block: Uint8Array, pattern: string): Found {
    const regExp = new RegExp(pattern);
    const lines = new TextDecoder().decode(block).replace(/\n$/, "").split("\n");
    const matches = lines.flatMap((text, line) => regExp.test(text) ? [{ line, text }] : []);
    return { path, lines: lines.length, matches };
  },
);

/** The blocks of a file, each with whole lines. */
async function* blocksOf(path: string): AsyncGenerator<Uint8Array> {
  using file = await Deno.open(path);
  let rest = new Uint8Array(); // The beginning of a line.
  for (;;) {
    const block = new Uint8Array(rest.length + BLOCK_BYTES);
    block.set(rest);
    const count = await file.read(block.subarray(rest.length));
    if (count === null) break;
    const filled = block.subarray(0, rest.length + count);
    const end = filled.lastIndexOf(NEWLINE) + 1;
    rest = filled.slice(end);
    if (end > 0) yield filled.subarray(0, end);
  }
  if (rest.length > 0) yield rest;
}

async function main(args: string[]): Promise<void> {
  const flags = parseArgs(args, { string: ["n-jobs", "max"] });
  const [pattern = "", ...paths] = flags._.map(String);
  let bytes = 0;
  async function* calls(): AsyncGenerator<Call<Found>> {
    for (const path of paths) {
      for await (const block of blocksOf(path)) {
        bytes += block.length;
        yield delayed(search)(path, block, pattern);
      }
    }
  }
  const parallel = new Parallel(Number(flags["n-jobs"] ?? -1), { transfer: true });
  let missing = Number(flags.max ?? Infinity);
  let [current, before] = ["", 1];
  for await (const { path, lines, matches } of parallel.stream(calls())) {
    if (path !== current) [current, before] = [path, 1];
    for (const { line, text } of matches.slice(0, missing)) {
      console.log(`${path}:${before + line}: ${text}`);
    }
    before += lines;
    missing -= matches.length;
    if (missing <= 0) break;
  }
  console.error(`${bytes} bytes read`);
}

if (import.meta.main) await main(Deno.args);
