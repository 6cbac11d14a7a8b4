/**
 * "Python3: Logging With Multiprocessing" (fanchenbao): a listener writes what workers and the
 * main program log to a rotating file and to the console. Set up like this, with the main
 * program's root before everything else, Python logged without end, or every line twice;
 * docs/duplicates.md says why.
 *
 *     deno run --allow-read --allow-write examples/cookbook/listener_and_workers.ts [FOLDER]
 *
 * Prints eleven lines on stderr, and writes the same to `mptest.log` and its backups, of 300 bytes
 * at most, in the folder (default: the current one).
 */

import {
  ConsoleHandler,
  delayed,
  Formatter,
  getLogger,
  Parallel,
  QueueHandler,
  QueueListener,
  RecordQueue,
  RotatingFileHandler,
  task,
} from "@paralog/paralog";

const random = (end: number) => Math.floor(Math.random() * end);

export const work = task(import.meta, async function work(): Promise<void> {
  const logger = getLogger("worker");
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, random(100)));
    logger.info(`Logging a random number ${random(11)}`);
  }
});

async function main(folder: string): Promise<void> {
  const formatter = new Formatter(
    "%(asctime)s %(processName)-10s %(name)s %(levelname)-8s %(message)s",
  );
  const queue = new RecordQueue();
  const root = getLogger();
  root.setLevel("DEBUG");
  root.addHandler(new QueueHandler(queue));
  await using listener = new QueueListener(queue, [
    new RotatingFileHandler(`${folder}/mptest.log`, { maxBytes: 300, backupCount: 10, formatter }),
    new ConsoleHandler({ formatter }),
  ]);
  listener.start();

  const logger = getLogger("main");
  logger.info("Logging from main");
  await new Parallel(3).run([delayed(work)(), delayed(work)(), delayed(work)()]);
  logger.info("main function ends");
}

if (import.meta.main) await main(Deno.args[0] ?? ".");
