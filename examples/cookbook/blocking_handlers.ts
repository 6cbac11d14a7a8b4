/**
 * "Dealing with handlers that block" of Python's logging cookbook: the code that logs only puts
 * records into a queue; a listener hands them to the handler that takes its time.
 *
 *     deno run examples/cookbook/blocking_handlers.ts
 *
 * Prints "MainThread: Look out!" on stderr: the thread that logged, whoever handles the record.
 */

import {
  ConsoleHandler,
  getLogger,
  QueueHandler,
  QueueListener,
  RecordQueue,
} from "@paralog/paralog/logging";

async function main(): Promise<void> {
  const queue = new RecordQueue(); // No limit on its size.
  const handler = new ConsoleHandler({ formatter: "%(threadName)s: %(message)s" });
  // At the end of this function the listener handles what is queued, and stops.
  await using listener = new QueueListener(queue, [handler]);
  listener.start();
  const root = getLogger();
  root.addHandler(new QueueHandler(queue));
  root.warn("Look out!");
}

if (import.meta.main) await main();
