/** Runs 20 tasks, of which one is the end of its worker, and says what came of it: FAULT NJOBS BATCHSIZE. */

import { basicConfig, delayed, getLogger, Parallel, task } from "@paralog/paralog";
import { ListHandler } from "../../src/testing/list_handler.ts";

const log = getLogger("killed");

export const square = task(import.meta, function square(x: number) {
  for (let n = 0; n < 3; n++) log.info("record %d", n);
  return x * x;
});

/** What each fault does, once it has logged. */
const FAULTS = {
  spin() {
    while (true);
  },
  memory() {
    const kept: unknown[] = [];
    for (let n = 5;; n++) {
      log.info("record %d", n);
      kept.push(new Array(10_000).fill(n).map((_, index) => ({ index })));
    }
  },
  async kill() {
    Deno.kill(Deno.pid, "SIGKILL");
    await new Promise(() => setTimeout(() => {}, 60_000)); // Nobody waits for this.
  },
};

export const spin = task(import.meta, function spin() {
  for (let n = 0; n < 5; n++) log.info("record %d", n);
  FAULTS.spin();
});

export const eatMemory = task(import.meta, function eatMemory() {
  for (let n = 0; n < 5; n++) log.info("record %d", n);
  FAULTS.memory();
});

export const kill = task(import.meta, async function kill() {
  for (let n = 0; n < 5; n++) log.info("record %d", n);
  await FAULTS.kill();
});

const nowhere = { url: new URL("./there_is_no_such_module.ts", import.meta.url).href };
const missing = task(nowhere, function missing() {});

const PLANS = {
  spin: [spin, { timeout: 300 }],
  memory: [eatMemory, { memoryLimit: 50 }],
  kill: [kill, { backend: "processes" }],
  "module in a process": [missing, { backend: "processes" }],
  "module in a worker": [missing, { backend: "workers" }],
} as const;

if (import.meta.main) {
  const [fault, nJobs, batchSize] = Deno.args;
  const [bad, options] = PLANS[fault as keyof typeof PLANS];
  const handler = new ListHandler();
  basicConfig({ level: "INFO", handlers: [handler] });
  const parallel = new Parallel(Number(nJobs), {
    ...options,
    batchSize: batchSize === "auto" ? "auto" : Number(batchSize),
  });
  const calls = Array.from({ length: 20 }, (_, n) => n === 7 ? delayed(bad)() : delayed(square)(n));
  const settled = await parallel.runSettled(calls);
  console.log(JSON.stringify({
    results: settled.map((outcome) =>
      outcome.status === "fulfilled" ? outcome.value : outcome.status
    ),
    errors: settled.flatMap((outcome) =>
      outcome.status === "rejected" ? describe(outcome.reason) : []
    ),
    records: calls.map((_, index) =>
      handler.records.filter(({ taskIndex }) => taskIndex === index).map(({ args }) => args[0])
    ),
    counts: parallel.stats.records,
  }));
}

/** An error as JSON. */
function describe(error: unknown): unknown {
  const { name, message, index, reason, phase, timeout } = Object(error);
  return { name, message, index, reason, phase, timeout };
}
