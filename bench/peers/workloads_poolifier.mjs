/** The worker of the workloads in poolifier. */

import { createRequire } from "node:module";
import { workerData } from "node:worker_threads";
import { FUNCTIONS } from "../workloads/work.mjs";

// Not an import: Deno, which checks this file too, would want to know the package.
const { ThreadWorker } = createRequire(import.meta.url)("poolifier");

export default new ThreadWorker(FUNCTIONS[workerData.kind]);
