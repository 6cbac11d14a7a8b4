/** The task of poolifier. */

import { createRequire } from "node:module";
import addOne from "./calls_add_one.mjs";

// Not an import: Deno, which checks this file too, would want to know the package.
const { ThreadWorker } = createRequire(import.meta.url)("poolifier");

export default new ThreadWorker(addOne);
