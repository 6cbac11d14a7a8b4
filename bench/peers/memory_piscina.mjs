/**
 * piscina in the figure of memory: what a call takes that waits behind busy threads, with the
 * promise of its result; or what a thread takes. The file is the program and the worker.
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { isMainThread } from "node:worker_threads";

const THREADS = 2;
/** How many calls hold a thread, and whether they may end: places in shared memory. */
const [HELD, OPEN] = [0, 1];
/** So long is a thread busy, in milliseconds: the others start meanwhile. */
const BUSY = 300;

export function hold(gate) {
  const cells = new Int32Array(gate);
  Atomics.add(cells, HELD, 1);
  Atomics.wait(cells, OPEN, 0);
  return -1;
}

export function addOne(x) {
  return x + 1;
}

export function wait() {
  return new Promise((resolve) => setTimeout(resolve, BUSY));
}

function startPool(threads) {
  // Not an import: Deno, which checks this file too, would want to know the package.
  const { Piscina } = createRequire(import.meta.url)("piscina");
  return new Piscina({ filename: import.meta.url, minThreads: threads, maxThreads: threads });
}

async function liveHeap() {
  for (let i = 0; i < 2; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

async function measureQueue(calls) {
  const pool = startPool(THREADS);
  const warmUp = Array.from({ length: 10_000 }, (_, x) => pool.run(x, { name: "addOne" }));
  await Promise.all(warmUp);
  warmUp.length = 0;
  const cells = new Int32Array(new SharedArrayBuffer(8));
  const before = await liveHeap();
  const held = [];
  for (let i = 0; i < THREADS; i++) held.push(pool.run(cells.buffer, { name: "hold" }));
  const all = [];
  for (let x = 0; x < calls; x++) all.push(pool.run(x, { name: "addOne" }));
  while (Atomics.load(cells, HELD) < THREADS) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  if (pool.queueSize !== calls) throw new Error(`${pool.queueSize} calls wait`);
  const queued = await liveHeap() - before;
  Atomics.store(cells, OPEN, 1);
  Atomics.notify(cells, OPEN);
  await Promise.all(held);
  const results = await Promise.all(all);
  const wrong = results.findIndex((result, x) => result !== x + 1);
  if (wrong >= 0) throw new Error(`call ${wrong} resulted in ${results[wrong]}`);
  await pool.destroy();
  return { made: 0, queued };
}

function processMemory() {
  const { rss } = process.memoryUsage();
  if (process.platform !== "linux") return { rss };
  const [, kB] = /^RssAnon:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return kB === undefined ? { rss } : { rss, own: Number(kB) * 1024 };
}

async function measureThreads(workers) {
  const first = startPool(1);
  await first.run(undefined, { name: "wait" });
  const before = processMemory();
  const pool = startPool(workers);
  await Promise.all(Array.from({ length: workers }, () => pool.run(undefined, { name: "wait" })));
  if (pool.threads.length !== workers) throw new Error(`${pool.threads.length} threads`);
  const { rss, own } = processMemory();
  await Promise.all([first.destroy(), pool.destroy()]);
  return { rss: (rss - before.rss) / workers, own: own && (own - before.own) / workers };
}

async function main({ calls, workers }) {
  const output = workers === undefined ? await measureQueue(calls) : await measureThreads(workers);
  console.log(JSON.stringify(output));
}

if (isMainThread) await main(JSON.parse(process.argv[2]));
