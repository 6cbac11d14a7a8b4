/** The worker of the workloads in workerpool. */

import { createRequire } from "node:module";
import { FUNCTIONS } from "../workloads/work.mjs";

// Not an import: Deno, which checks this file too, would want to know the package.
createRequire(import.meta.url)("workerpool").worker(FUNCTIONS);
