import { assertEquals, assertRejects } from "@std/assert";
import { delayed, type Job, Parallel } from "@paralog/paralog";
import { backendOf, workerOf } from "../support/own_backend.ts";

const call = delayed((name: string) => name);

Deno.test("runs that share workers take turns", async () => {
  const order: unknown[] = [];
  const worker = workerOf(async ({ call }) => {
    await Promise.resolve();
    order.push(call.args[0]);
  });
  await using parallel = new Parallel(1, { batchSize: 1, backend: backendOf(() => worker) });
  await Promise.all([
    parallel.run(["a1", "a2", "a3"].map((name) => call(name))),
    parallel.run(["b1", "b2"].map((name) => call(name))),
  ]);
  assertEquals(order, ["a1", "b1", "a2", "b2", "a3"]);
});

Deno.test("a worker that can't be started rejects its run, and the others go on", async () => {
  let alive = true;
  const mortal = workerOf(() => {
    alive = false;
    return "ran";
  });
  Object.defineProperty(mortal, "alive", { get: () => alive });
  const steady = workerOf(() => "too");
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
  const backend = backendOf(() =>
    workerOf(async ({ call }) => {
      started.push(call.args[0]);
      if (call.args[0] === "other") await first.promise;
      if (call.args[0] === "fails") throw new RangeError("boom");
    })
  );
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
  const worker = () =>
    workerOf(async ({ call }) => {
      if (call.args[0] !== "meets") return;
      if (++waiting === 2) both.resolve();
      await both.promise; // Never comes if a worker is missing.
    });
  await using parallel = new Parallel(2, { backend: backendOf(worker) });
  await parallel.run(["a", "b", "c"].map((name) => call(name)));
  await parallel.run(["meets", "meets"].map((name) => call(name)));
  assertEquals(waiting, 2);
});

Deno.test("a backend of one's own counts the records of its workers", async () => {
  const backend = backendOf((number, { tally, relay }) =>
    workerOf(() => {
      for (const outcome of ["written", "filtered", "dropped"] as const) tally.count(outcome);
      tally.count("written");
      return relay.maxWait;
    }, { name: `Test-${number}` })
  );
  const parallel = new Parallel(1, { backend, relay: { maxWait: 7 } });
  const calls = ["a", "b"].map((name) => call(name));
  const results: unknown = await parallel.run(calls);
  assertEquals(results, [7, 7]);
  await parallel.run(calls);
  const counts = { emitted: 16, written: 8, filtered: 4, dropped: 4 };
  assertEquals(parallel.stats.records, { ...counts, workers: { "Test-1": counts } });
});

Deno.test("a run that fails waits for the ends of its other workers", async () => {
  const events: string[] = [];
  const end = Promise.withResolvers<void>();
  const runJob = ({ call }: Job) =>
    call.args[0] === "fails" ? Promise.reject(new RangeError("boom")) : new Promise(() => {});
  const terminate = async () => {
    events.push("terminated");
    await end.promise;
    events.push("ended");
  };
  const backend = backendOf(() => workerOf(runJob, { terminate }));
  const running = assertRejects(
    () => new Parallel(2, { backend }).run(["hangs", "fails"].map((name) => call(name))),
    RangeError,
    "boom",
  ).then(() => events.push("rejected"));
  while (events.length === 0) await Promise.resolve();
  end.resolve();
  await running;
  assertEquals(events.at(-1), "rejected");
  assertEquals(events.filter((event) => event === "rejected").length, 1);
});
