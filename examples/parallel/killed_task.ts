/**
 * A task that would never come to its end: a regular expression that tries every way to split a text.
 * After `timeout` its process is killed, and only its own call fails, with the last records of that
 * call. A thread that spins can't be stopped, neither in Deno nor in Node.js.
 *
 *     deno run --allow-env --allow-run examples/parallel/killed_task.ts
 *
 * Prints for each of five texts whether it matches, or why nobody knows; and on stderr what the tasks
 * log.
 */

import {
  basicConfig,
  delayed,
  getLogger,
  Parallel,
  task,
  TaskTimeoutError,
} from "@paralog/paralog";

const TEXTS = ["aaa", "aab", `${"a".repeat(50)}!`, "b", "aaaaaa"];

export const matches = task(import.meta, function matches(text: string): boolean {
  const log = getLogger("matcher");
  log.info("reads %d characters", text.length);
  const isMatch = /^(a+)+$/.test(text); // With 50 times "a" and a "!", that takes years.
  log.info("is done");
  return isMatch;
});

async function main(): Promise<void> {
  basicConfig({ level: "INFO", format: "%(processName)s call %(taskIndex)d %(message)s" });
  const parallel = new Parallel(2, { timeout: 1000 }); // Only a process can be killed: "auto" takes them.
  const settled = await parallel.runSettled(TEXTS.map((text) => delayed(matches)(text)));
  for (const [index, result] of settled.entries()) {
    if (result.status === "fulfilled") console.log(`call ${index}: ${result.value}`);
    else if (result.reason instanceof TaskTimeoutError) tell(result.reason);
    else throw result.reason;
  }
}

function tell({ index, worker, timeout, records }: TaskTimeoutError): void {
  const last = records.map(({ msg }) => msg).join(", ");
  console.log(`call ${index}: ${worker} was killed after ${timeout} ms; its last records: ${last}`);
}

if (import.meta.main) await main();
