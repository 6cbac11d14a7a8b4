import { assertEquals, assertRejects } from "@std/assert";
import { type Backend, type BackendWorker, delayed, Parallel } from "@paralog/paralog";

/** A backend of one's own, whose workers do what the test says. */
function backendOf(start: (number: number) => BackendWorker): Backend {
  return { name: "test", maxWorkers: Infinity, obstacle: () => Promise.resolve(undefined), start };
}

const call = delayed((name: string) => name);

Deno.test("runs that share workers take turns", async () => {
  const order: unknown[] = [];
  const worker: BackendWorker = {
    alive: true,
    run: async ({ call }) => {
      await Promise.resolve();
      order.push(call.args[0]);
    },
    terminate: () => {},
  };
  await using parallel = new Parallel(1, { backend: backendOf(() => worker) });
  await Promise.all([
    parallel.run(["a1", "a2", "a3"].map((name) => call(name))),
    parallel.run(["b1", "b2"].map((name) => call(name))),
  ]);
  assertEquals(order, ["a1", "b1", "a2", "b2", "a3"]);
});

Deno.test("a worker that can't be started rejects its run, and the others go on", async () => {
  let alive = true;
  const mortal: BackendWorker = {
    get alive() {
      return alive;
    },
    run: () => {
      alive = false;
      return Promise.resolve("ran");
    },
    terminate: () => {},
  };
  const steady: BackendWorker = { alive: true, run: () => Promise.resolve("too"), terminate() {} };
  const backend = backendOf((number) => {
    if (number === 2) throw new RangeError("no second worker");
    return number === 1 ? mortal : steady;
  });
  await using parallel = new Parallel(1, { backend });
  const runs = ["a", "b", "c"].map((name) => parallel.run([call(name)]));
  assertEquals(await runs[0], ["ran"]);
  await assertRejects(() => runs[1]!, RangeError, "no second worker");
  assertEquals(await runs[2], ["too"]);
});

Deno.test("no call is started after another of its run has failed", async () => {
  const started: unknown[] = [];
  const first = Promise.withResolvers<void>();
  const backend = backendOf(() => ({
    alive: true,
    run: async ({ call }) => {
      started.push(call.args[0]);
      if (call.args[0] === "other") await first.promise;
      if (call.args[0] === "fails") throw new RangeError("boom");
    },
    terminate: () => {},
  }));
  await using parallel = new Parallel(2, { backend });
  const other = parallel.run([call("other")]);
  await assertRejects(
    () => parallel.run(["fails", "x", "y"].map((name) => call(name))),
    RangeError,
  );
  first.resolve();
  await other;
  assertEquals(started, ["other", "fails"]);
});

Deno.test("a worker that finds no call left is given back", async () => {
  const both = Promise.withResolvers<void>();
  let waiting = 0;
  const worker: () => BackendWorker = () => ({
    alive: true,
    run: async ({ call }) => {
      if (call.args[0] !== "meets") return;
      if (++waiting === 2) both.resolve();
      await both.promise; // Never comes if a worker is missing.
    },
    terminate: () => {},
  });
  await using parallel = new Parallel(2, { backend: backendOf(worker) });
  await parallel.run(["a", "b", "c"].map((name) => call(name)));
  await parallel.run(["meets", "meets"].map((name) => call(name)));
  assertEquals(waiting, 2);
});
