/** What is told of the calls of a batch, and when: nothing waits for the call behind it. */

import { assert, assertEquals } from "@std/assert";
import {
  currentTask,
  delayed,
  getLogger,
  Handler,
  type LogRecord,
  Parallel,
  task,
} from "@paralog/paralog";
import { withCleanRootLogger } from "@paralog/paralog/logging";

const BACKENDS = ["inline", "workers", "processes"] as const;

/** Keeps a core busy. */
function spin(ms: number): void {
  for (const start = performance.now(); performance.now() - start < ms;);
}

/** Takes its time to close. */
class SlowToClose extends Handler {
  override emit(): void {}
  override async close(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 100));
    await super.close();
  }
}

export const closeOrSpin = task(import.meta, function closeOrSpin(what: "close" | "spin" | "idle") {
  if (what === "close") getLogger().addHandler(new SlowToClose());
  if (what === "spin") spin(1000);
  return performance.timeOrigin + performance.now();
});

for (const backend of BACKENDS) {
  Deno.test(`${backend}: a call whose handler is slow to close is told of before the next one ends`, async () => {
    await using parallel = new Parallel(1, { backend, batchSize: 2 });
    await parallel.map(closeOrSpin, ["idle", "idle"]);
    const told: number[] = [];
    const ends: number[] = [];
    for await (
      const end of parallel.stream(
        (["close", "spin"] as const).map((what) => delayed(closeOrSpin)(what)),
      )
    ) {
      told.push(performance.timeOrigin + performance.now());
      ends.push(end);
    }
    assert(told[0]! < ends[1]!, `told at ${told}, ended at ${ends}`);
  });

  Deno.test(`${backend}: what a call's handlers take to close is no part of the next call's time`, async () => {
    await using parallel = new Parallel(1, { backend, batchSize: 2 });
    await parallel.map(closeOrSpin, ["idle", "idle"]);
    await parallel.map(closeOrSpin, ["close", "idle"]);
    const { max } = parallel.stats.runTime;
    assert(max < 100, `${max} ms`);
  });
}

export const spinAndTell = task(import.meta, async function spinAndTell(how: string) {
  spin(how === "idle" ? 0 : 300);
  if (how === "progress") currentTask().progress(1, 1);
  if (how === "wait") await new Promise((resolve) => setTimeout(resolve, 10));
});

for (const how of ["progress", "wait"]) {
  Deno.test(`the time of a call is its own when ends of others are told meanwhile: ${how}`, async () => {
    await using parallel = new Parallel(1, { backend: "workers", batchSize: 2 });
    await parallel.map(spinAndTell, ["idle", "idle"]);
    await parallel.map(spinAndTell, ["idle", how]);
    const { max } = parallel.stats.runTime;
    assert(max >= 300, `${max} ms`);
  });
}

export const logOrExit = task(import.meta, function logOrExit(what: string) {
  if (what === "log") { for (let i = 0; i < 400; i++) getLogger("app").warn("line %d", i); }
  if (what === "exit") Deno.exit(3);
});

/** Is slow, so that what a worker tells has to wait for its records. */
class Slow extends Handler {
  readonly others: LogRecord[] = [];
  override emit(record: LogRecord): void {
    if (record.name === "app") spin(0.2);
    else this.others.push(record);
  }
}

Deno.test("a worker that exits is not said to have died idle while its records are handled", async () => {
  await withCleanRootLogger(async () => {
    const handler = new Slow();
    getLogger().addHandler(handler);
    await using parallel = new Parallel(1, { backend: "workers", batchSize: 3 });
    await parallel.map(logOrExit, ["idle", "idle"]); // From now on, ends say that a batch has begun.
    const calls = ["log", "exit", "idle"].map((what) => delayed(logOrExit)(what));
    const ends = await parallel.runSettled(calls);
    assertEquals(ends.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
    assertEquals(handler.others.map(({ msg }) => msg), []);
  });
});

export const copyOfTask = task(import.meta, function copyOfTask() {
  return Object.keys({ ...currentTask() });
});

export const addLater = task(import.meta, function addLater() {
  setTimeout(() => getLogger().addHandler(new Telling()), 50);
});

/** Tells a task that its record was handled in the worker. */
class Telling extends Handler {
  override emit(record: LogRecord): void {
    (record.extra?.seen as string[] | undefined)?.push("seen");
  }
}

export const isSeen = task(import.meta, async function isSeen() {
  const seen: string[] = [];
  await new Promise((resolve) => setTimeout(resolve, 100));
  getLogger("app").warn("now", { seen });
  return seen.length;
});

for (const backend of BACKENDS) {
  Deno.test(`${backend}: a copy of the current task has nothing in it`, async () => {
    assertEquals(await new Parallel(1, { backend }).run([delayed(copyOfTask)()]), [[]]);
  });

  Deno.test(`${backend}: a handler that an initializer adds late counts from the next call on`, async () => {
    const initializer = delayed(addLater)();
    await using parallel = new Parallel(1, { backend, batchSize: 3, initializer });
    const calls = [1, 2, 3].map(() => delayed(isSeen)());
    const seen = await parallel.run(calls);
    assertEquals(seen.slice(1), [1, 1], "those that begin after it was added");
  });
}
