/**
 * The first step: the program stays as it is, and its work runs in Web Workers. What the tasks log
 * through `@std/log` goes to the handlers that `log.setup` was given here.
 *
 *     deno run --allow-read --allow-write examples/std_log/around.ts /tmp
 */

import { Parallel, task } from "@paralog/paralog";
import * as log from "@std/log";
import { countWords, setUpLogging, TEXTS } from "./before.ts";

export const count = task(import.meta, countWords);

if (import.meta.main) {
  setUpLogging(Deno.args[0] ?? ".");
  log.info(`reading ${TEXTS.length} texts`);
  const counts = await new Parallel(2).map(count, TEXTS);
  log.info(`done: ${counts.join(", ")}`);
}
