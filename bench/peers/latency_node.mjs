/** Pools of Node make one call after the other. */

import { measureLatency } from "../latency/measure_latency.mjs";
import { loadPool } from "./calls_pools.mjs";

const input = JSON.parse(process.argv[2]);
const makePool = await loadPool(input);
const pool = makePool();
const output = await measureLatency(pool.addOne, input);
await pool.end();
console.log(JSON.stringify(output));
