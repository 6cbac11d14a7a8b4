/** Pools of Node start. */

import { measureStarts } from "../start/measure_starts.mjs";
import { loadPool } from "./calls_pools.mjs";

const input = JSON.parse(process.argv[2]);
const makePool = await loadPool(input);
const output = await measureStarts(async () => {
  const pool = makePool();
  return { result: await pool.addOne(1), end: pool.end };
}, input);
console.log(JSON.stringify(output));
