/**
 * The program behind the row of the least that such lines take: a loop makes them with
 * `JSON.stringify`, and writes them in blocks.
 *
 * @module
 */

import type { LoggingInput, LoggingOutput } from "./lines.ts";
import { measureRuns } from "./runs.ts";

/** As large as the buffer of `@std/log`. */
const BLOCK = 4096;
/** How many bytes a code unit takes in UTF-8 at most. */
const MOST_BYTES = 3;

function main(input: LoggingInput): LoggingOutput {
  using target = Deno.openSync(input.file, { create: true, append: true });
  const encoder = new TextEncoder();
  const bytes = new Uint8Array(BLOCK * 2 * MOST_BYTES);
  let text = "";
  const flush = () => {
    const { written } = encoder.encodeInto(text, bytes);
    text = "";
    for (let done = 0; done < written;) done += target.writeSync(bytes.subarray(done, written));
  };
  return measureRuns(input, {
    log: (records) => {
      for (let i = 0; i < records; i++) {
        text += JSON.stringify({
          time: Date.now(),
          level: "INFO",
          name: "bench.logging",
          message: `record ${i}: fetched, checked and stored`,
          jobId: i,
          source: "inbox",
        }) + "\n";
        if (text.length >= BLOCK) flush();
      }
    },
    flush,
  });
}

if (import.meta.main) console.log(JSON.stringify(main(JSON.parse(Deno.args[0] ?? "{}"))));
