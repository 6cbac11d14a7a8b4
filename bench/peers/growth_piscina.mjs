/**
 * piscina in the figure of growth: all calls of a run are given to the pool at once, as its README
 * has it. The file is the program and the worker.
 */

import { createRequire } from "node:module";
import { isMainThread } from "node:worker_threads";

const WARM_UPS = 5;

export default function addOne(x) {
  return x + 1;
}

async function main({ size, runs, warmUp }) {
  // Not an import: Deno, which checks this file too, would want to know the package.
  const { Piscina } = createRequire(import.meta.url)("piscina");
  const pool = new Piscina({ filename: import.meta.url, minThreads: 2, maxThreads: 2 });
  const run = (numbers) => Promise.all(numbers.map((number) => pool.run(number)));
  for (let i = 0; i < WARM_UPS; i++) await run(numbersTo(warmUp));
  const timed = [];
  for (let i = 0; i < runs; i++) {
    const numbers = numbersTo(size);
    const before = process.cpuUsage(); // Of all threads.
    const start = performance.now();
    const results = await run(numbers);
    const ms = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    timed.push({ ms, cpu: (user + system) / 1000 });
    const wrong = numbers.findIndex((number) => results[number] !== number + 1);
    if (wrong >= 0) throw new Error(`call ${wrong} resulted in ${results[wrong]}`);
  }
  await pool.destroy();
  const medianOf = (key) => timed.map((each) => each[key]).sort((a, b) => a - b)[runs >> 1];
  console.log(JSON.stringify({ ms: medianOf("ms"), cpu: medianOf("cpu") }));
}

function numbersTo(size) {
  return Array.from({ length: size }, (_, index) => index);
}

if (isMainThread) await main(JSON.parse(process.argv[2]));
