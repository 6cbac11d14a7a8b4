/**
 * "Logging to a single file from multiple processes" of Python's logging cookbook. There it takes
 * a queue, a handler for it in every worker, and a process that listens. Here workers just log:
 * records without a handler go to the caller, which writes them, whole and in one order.
 *
 *     deno run --allow-read --allow-write examples/cookbook/single_file.ts [FOLDER]
 *
 * Prints when each of ten workers starts and finishes. Each logs ten records; the last ones are in
 * `mptest.log` and its ten backups, of 300 bytes at most, in the folder (default: the current
 * one).
 */

import { delayed, getLogger, Parallel, RotatingFileHandler, task } from "@paralog/paralog";

const LEVELS = ["DEBUG", "INFO", "WARN", "ERROR", "CRITICAL"] as const;
const LOGGERS = ["a.b.c", "d.e.f"] as const;
const MESSAGES = ["Random message #1", "Random message #2", "Random message #3"] as const;

function choice<T>(values: readonly [T, ...T[]]): T {
  return values[Math.floor(Math.random() * values.length)] ?? values[0];
}

export const work = task(import.meta, async function work(number: number): Promise<void> {
  console.log(`Worker started: ${number}`);
  for (let i = 0; i < 10; i++) {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
    getLogger(choice(LOGGERS)).log(choice(LEVELS), choice(MESSAGES));
  }
  console.log(`Worker finished: ${number}`);
});

async function main(folder: string): Promise<void> {
  const root = getLogger();
  root.setLevel("DEBUG"); // Levels hold in the workers too: what is below is not even sent.
  root.addHandler(
    new RotatingFileHandler(`${folder}/mptest.log`, {
      maxBytes: 300, // Small, so that there is something to see.
      backupCount: 10,
      formatter: "%(asctime)s %(processName)-10s %(name)s %(levelname)-8s %(message)s",
    }),
  );
  const numbers = Array.from({ length: 10 }, (_, index) => index + 1);
  await new Parallel(10).run(numbers.map((number) => delayed(work)(number)));
}

if (import.meta.main) await main(Deno.args[0] ?? ".");
