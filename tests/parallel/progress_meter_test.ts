import { assert, assertEquals } from "@std/assert";
import { RunMeter } from "../../src/parallel/progress/run_meter.ts";
import { handRun } from "../support/run_state.ts";

function assertClose(actual: number, expected: number): void {
  assert(Math.abs(actual - expected) < 0.01, `${actual}, not ${expected}`);
}

/** A meter whose clock is set by hand. */
function meterOf(total: number | undefined) {
  const run = handRun(total);
  const clock = { now: 5000 };
  const meter = new RunMeter(run, { name: "crawl", now: () => clock.now });
  return { run, clock, meter };
}

Deno.test("RunMeter.read() gives plain data of the run as it is", () => {
  const { run, clock, meter } = meterOf(10);
  Object.assign(run, { settled: 4, failed: 1, running: 2 });
  meter.retry();
  clock.now += 2000;
  const progress = meter.read();
  assertEquals(progress, {
    name: "crawl",
    state: "running",
    done: 4,
    total: 10,
    running: 2,
    failed: 1,
    retried: 1,
    elapsed: 2000,
    rate: 2,
    remaining: 3000,
    tasks: [],
  });
  assertEquals(structuredClone(progress), progress);
});

Deno.test("RunMeter.read() promises nothing when nobody can know", () => {
  const { run, clock, meter } = meterOf(10);
  clock.now += 1000;
  assertEquals(meter.read().remaining, undefined, "nothing is done");
  Object.assign(run, { settled: 5, total: undefined });
  clock.now += 1000;
  assertEquals(meter.read().remaining, undefined, "the total is not known");
  run.total = 10;
  assertEquals(meter.read("failed").remaining, undefined, "it has failed");
  run.settled = 10;
  assertEquals(meter.read("done").remaining, 0);
});

Deno.test("RunMeter.read() measures the rate lately, and of the whole run at its end", () => {
  const { run, clock, meter } = meterOf(10_000);
  const pass = (seconds: number, perSecond: number) => {
    for (let tick = 0; tick < seconds * 10; tick++) {
      clock.now += 100;
      run.settled += perSecond / 10;
      meter.read();
    }
  };
  pass(60, 100);
  assertClose(meter.read().rate, 100);
  pass(60, 10);
  const { rate, remaining, done } = meter.read();
  assertEquals(rate < 15, true, `${rate} a second`);
  assertClose(remaining ?? 0, (10_000 - done) * 1000 / rate);
  assertClose(meter.read("stopped").rate, done / 120);
});

Deno.test("RunMeter.read() measures rare calls over more of them", () => {
  const { run, clock, meter } = meterOf(100);
  for (let second = 1; second <= 1800; second++) {
    clock.now += 1000;
    if (second % 60 === 0) run.settled++;
    const { rate } = meter.read();
    if (second > 600) assertEquals(rate * 60 > 0.8 && rate * 60 < 1.2, true, `${rate * 60}/min`);
  }
});

Deno.test("RunMeter.read() tells the progress of running tasks until they end", () => {
  const { meter } = meterOf(3);
  meter.task({ index: 1, worker: "Worker-2", done: 1, total: 4 });
  meter.task({ index: 0, worker: "Worker-1", done: 5, total: undefined });
  meter.task({ index: 1, worker: "Worker-2", done: 2, total: 4 });
  assertEquals(meter.read().tasks, [
    { index: 0, worker: "Worker-1", done: 5, total: undefined },
    { index: 1, worker: "Worker-2", done: 2, total: 4 },
  ]);
  meter.settle("Worker-1");
  meter.settle("Worker-3");
  assertEquals(meter.read().tasks.map(({ index }) => index), [1]);
  assertEquals(meter.read("failed").tasks, []);
});
