/**
 * The program behind the rows of bare workers: Web Workers and child processes that do nothing but
 * answer.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { growthEach, meanOf, processMemory, type WorkerMemory } from "./worker_memory.ts";
import type { WorkersInput } from "./workers.ts";

async function startThread(): Promise<Worker> {
  const entry = new URL("bare_thread.ts", import.meta.url);
  const worker = new Worker(entry, { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  worker.onerror = ({ message }) => reject(new Error(message));
  worker.onmessage = () => resolve();
  worker.postMessage("ping");
  await promise;
  return worker;
}

async function measureThreads(workers: number): Promise<WorkerMemory> {
  const first = await startThread();
  const before = processMemory();
  const all = await Promise.all(Array.from({ length: workers }, startThread));
  const each = growthEach(before, workers);
  for (const worker of [first, ...all]) worker.terminate();
  return each;
}

/** A process that tells what it has in memory, and ends. */
async function askProcess(): Promise<WorkerMemory> {
  const program = fileURLToPath(new URL("bare_process.ts", import.meta.url));
  const args = ["run", "--allow-all", program];
  const { success, stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (!success) throw new Error("a bare process has failed");
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function main({ backend, workers }: WorkersInput): Promise<WorkerMemory> {
  if (backend === "workers") return await measureThreads(workers);
  return meanOf(await Promise.all(Array.from({ length: workers }, askProcess)));
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0] ?? "{}"))));
