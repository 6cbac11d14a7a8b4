/** Tasks that log much, or log details and then fail. */

import { getLogger, task } from "@paralog/paralog";

const log = getLogger("rotation");

/** Logs numbered lines of different lengths; "漢" makes bytes and characters differ. */
export const logLines = task(import.meta, function logLines(id: number, count: number) {
  for (let n = 0; n < count; n++) log.info("task %d line %d 漢%s", id, n, "x".repeat(n % 23));
});

export const workAndFail = task(import.meta, function workAndFail(id: number, fails: boolean) {
  log.debug("task %d: begin", id);
  log.info("task %d: step", id);
  if (fails) log.error("task %d: failed", id);
});
