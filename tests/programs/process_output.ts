/** Tasks in processes print, log, and leave stdout and stderr to each other. */

import { basicConfig, delayed, Parallel } from "@paralog/paralog";
import { ProcessesBackend } from "../../src/parallel/backends/processes.ts";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { print } from "../support/process_tasks.ts";

if (import.meta.main) {
  const handler = new ListHandler();
  basicConfig({ level: "INFO", handlers: [handler] });
  const [nJobs = 0, lines = 0, length = 0] = Deno.args.map(Number);
  const parallel = new Parallel(nJobs, { backend: new ProcessesBackend() });
  await parallel.run(Array.from({ length: nJobs }, () => delayed(print)(lines, length)));
  console.log(`${handler.records.length} records`);
}
