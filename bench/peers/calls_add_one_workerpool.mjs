/** The task of workerpool. */

import { createRequire } from "node:module";
import addOne from "./calls_add_one.mjs";

// Not an import: Deno, which checks this file too, would want to know the package.
createRequire(import.meta.url)("workerpool").worker({ addOne });
