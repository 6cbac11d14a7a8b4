/**
 * A process that does nothing but tell what it has in memory.
 *
 * @module
 */

import { processMemory } from "./worker_memory.ts";

if (import.meta.main) console.log(JSON.stringify(processMemory()));
