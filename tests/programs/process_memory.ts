/** A task in a process takes all memory that it gets. */

import { basicConfig, delayed, Parallel } from "@paralog/paralog";
import { ProcessesBackend } from "../../src/parallel/backends/processes.ts";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { eatMemory, logNumbers } from "../support/process_tasks.ts";

if (import.meta.main) {
  const handler = new ListHandler();
  basicConfig({ level: "INFO", handlers: [handler] });
  const backend = new ProcessesBackend({ flags: ["--v8-flags=--max-old-space-size=50"] });
  await using parallel = new Parallel(1, { backend });
  const error: unknown = await parallel.run([delayed(eatMemory)()]).catch((error) => error);
  const records = handler.records.map(({ args }) => Number(args[0]));
  console.log(JSON.stringify({
    name: Reflect.get(Object(error), "name"),
    message: Reflect.get(Object(error), "message"),
    reason: Reflect.get(Object(error), "reason"),
    records: records.length,
    inOrder: records.every((number, index) => number === index),
    counts: parallel.stats.records,
    next: (await parallel.run([delayed(logNumbers)(0)])).length,
  }));
}
