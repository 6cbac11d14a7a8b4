/** A module that works where it was written and fails in a worker. */

import { task } from "@paralog/paralog";

if (self.name.startsWith("Worker-")) throw new SyntaxError("this module is broken");

export const neverRuns = task(import.meta, function neverRuns() {});
