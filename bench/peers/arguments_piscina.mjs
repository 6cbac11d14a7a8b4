/**
 * piscina in the figure of arguments: bytes or text to two threads and back, all calls of a run at
 * once. With "transfer", buffers are moved as its README has it: `transferList` on the way there,
 * `move` on the way back. The file is the program and the worker.
 */

import { createRequire } from "node:module";
import { isMainThread } from "node:worker_threads";

// Not an import: Deno, which checks this file too, would want to know the package.
const { move, Piscina } = createRequire(import.meta.url)("piscina");

export default function copyBack(value) {
  return value;
}

export function moveBack(value) {
  return move(value);
}

async function main({ kind, loads, transfer }) {
  const pool = new Piscina({ filename: import.meta.url, minThreads: 2, maxThreads: 2 });
  const run = transfer
    ? (value) => pool.run(value, { name: "moveBack", transferList: [value.buffer] })
    : (value) => pool.run(value);
  const medians = [];
  for (const load of loads) {
    const times = [];
    for (let i = 0; i < load.warmUps + load.runs; i++) {
      const values = makeValues(kind, load);
      const start = performance.now();
      const results = await Promise.all(values.map(run));
      times.push(performance.now() - start);
      checkResults(results, kind, load);
    }
    const sorted = times.slice(load.warmUps).sort((a, b) => a - b);
    medians.push(sorted[sorted.length >> 1]);
  }
  await pool.destroy();
  console.log(JSON.stringify(medians));
}

function makeValues(kind, { bytes, calls }) {
  return Array.from({ length: calls }, (_, place) => {
    const value = new Uint8Array(bytes).fill(97 + place % 26);
    return kind === "bytes" ? value : new TextDecoder().decode(value);
  });
}

function checkResults(results, kind, { bytes, calls }) {
  if (results.length !== calls) throw new Error(`${results.length} results of ${calls} calls`);
  for (const [place, result] of results.entries()) {
    const text = kind === "text" ? result : new TextDecoder().decode(result);
    const isRight = text === String.fromCharCode(97 + place % 26).repeat(bytes);
    if (isRight) continue;
    throw new Error(`call ${place} of ${bytes} bytes resulted in ${result.length}, or others`);
  }
}

if (isMainThread) await main(JSON.parse(process.argv[2]));
