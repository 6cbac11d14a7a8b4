/**
 * The program behind the row of a bare process: a Deno starts and prints a line.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { measureStarts } from "./measure_starts.mjs";
import type { StartInput, StartOutput } from "./work.ts";

const PROGRAM = fileURLToPath(new URL("process.ts", import.meta.url));

function main(input: StartInput): Promise<StartOutput> {
  return measureStarts(async () => {
    const child = spawn(Deno.execPath(), ["run", PROGRAM], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "close");
    const [line] = await once(child.stdout, "data");
    return { result: Number(line), end: () => ended };
  }, input);
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0]!))));
