/**
 * The program behind paralog's rows.
 *
 * @module
 */

import { delayed, Parallel, task } from "@paralog/paralog";
import { getLogger } from "@paralog/paralog/logging";
import { findCase } from "./cases.ts";
import { CountingHandler, type Counts } from "./counting_handler.ts";
import { type CallsInput, type CallsOutput, timeCalls } from "./timing.ts";

/** Times the calls of a case where it is called. */
export const timeCase = task(import.meta, function timeCase(input: CallsInput): number[] {
  return timeCalls(findCase(input.name).loop, input);
});

async function main(input: CallsInput): Promise<CallsOutput> {
  const { formatter, logger, setUp, lift, loop, inTask } = findCase(input.name);
  const counts: Counts = { handled: 0, length: 0 };
  const handler = new CountingHandler(counts, formatter === undefined ? {} : { formatter });
  const surroundings = { log: getLogger(logger), handler, counts };
  getLogger().setLevel("INFO");
  getLogger().addHandler(handler);
  setUp?.(surroundings);
  const ns = inTask ? await timeInTask(input) : timeCase(input);
  const { handled } = counts;
  lift?.(surroundings);
  loop(1);
  return { ns, handled, lifted: counts.handled - handled };
}

async function timeInTask(input: CallsInput): Promise<number[]> {
  const [ns] = await new Parallel(1, { backend: "inline" }).run([delayed(timeCase)(input)]);
  return ns ?? [];
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0] ?? "{}"))));
