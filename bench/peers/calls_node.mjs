/** Pools of Node make many calls. */

import { measureCalls } from "../calls/measure_calls.mjs";
import { loadPool } from "./calls_pools.mjs";

const input = JSON.parse(process.argv[2]);
const makePool = await loadPool(input);
const pool = makePool();
const output = await measureCalls(pool.addOneToEach, input);
await pool.end();
console.log(JSON.stringify(output));
