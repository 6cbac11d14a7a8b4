/**
 * What the Node programs of the relay's figure share: two worker threads that log when they are told
 * to, and the wait for the last line.
 */

import { readFileSync, statSync } from "node:fs";
import { parentPort, Worker, workerData } from "node:worker_threads";

/** Runs the main thread: starts the workers, and prints what it measured. */
export async function runMain({ program, input, data, started, end }) {
  const { file, tasks, records, runs } = input;
  const workers = Array.from(
    { length: tasks },
    (_, task) => new Worker(program, { workerData: { ...input, ...data, task } }),
  );
  for (const worker of workers) {
    worker.on("error", (error) => {
      console.error(error);
      process.exit(1);
    });
  }
  await Promise.all(workers.map(next));
  await started?.();
  let [ms, cpu, calls, runBytes] = [0, 0, [], 0];
  for (let run = 1; run <= runs; run++) {
    const before = process.cpuUsage(); // Of all threads.
    const start = performance.now();
    for (const worker of workers) worker.postMessage("go");
    calls = await Promise.all(workers.map(next));
    await lastLine({ file, bytes: runBytes * run, lines: run * tasks * records });
    ms = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    cpu = (user + system) / 1000;
    runBytes ||= statSync(file).size; // The same in each run: the numbers in it have one width.
  }
  const output = { ms, cpu, calls, lines: countLines(file) };
  for (const worker of workers) worker.postMessage("end");
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.on("exit", resolve))));
  await end?.();
  console.log(JSON.stringify(output));
}

/** Runs a worker: logs all records when it is told to, and says how long its loop took. */
export function runWorker({ log, flush, end }) {
  parentPort.on("message", async (message) => {
    if (message === "end") {
      await end?.();
      parentPort.close();
      return;
    }
    const { task, records } = workerData;
    const start = performance.now();
    for (let i = 0; i < records; i++) {
      log.info("record %d of task %d: fetched, checked and stored", i, task);
    }
    const ms = performance.now() - start;
    await flush?.();
    parentPort.postMessage(ms);
  });
  parentPort.postMessage("ready");
}

function next(worker) {
  return new Promise((resolve) => worker.once("message", resolve));
}

/**
 * Waits until the file is complete. How big it will be is known from the run before; in the first
 * run, its lines are counted whenever it has stopped to grow.
 */
async function lastLine({ file, bytes, lines }) {
  for (let before = -1;;) {
    const { size } = statSync(file);
    if (bytes > 0 ? size >= bytes : size === before && countLines(file) >= lines) return;
    before = size;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function countLines(file) {
  let count = 0;
  for (const byte of readFileSync(file)) if (byte === 0x0a) count++;
  return count;
}
