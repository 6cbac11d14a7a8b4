/** What a caller makes of a Redis that goes away, and of what it can't read: its program goes on, and ends. */

import { Buffer } from "node:buffer";
import { assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import {
  delayed,
  getLogger,
  Parallel,
  withCleanRootLogger,
  WorkerCrashError,
} from "@paralog/paralog";
import { bullmq } from "@paralog/paralog/bullmq";
import { AgentWatch } from "../../src/bullmq/caller/agent_watch.ts";
import { DeliveryFeed } from "../../src/bullmq/caller/delivery_feed.ts";
import { StopTeller } from "../../src/bullmq/caller/stop_teller.ts";
import { closeRedis, openRedis } from "../../src/bullmq/redis/redis.ts";
import { packFrames } from "../../src/bullmq/wire/frame_list.ts";
import type { SentFrame, Stop } from "../../src/bullmq/wire/messages.ts";
import { PoolKeys } from "../../src/bullmq/wire/names.ts";
import { encodeClone } from "../../src/relay/clone_bytes.ts";
import { inBackground, untilTrue, withPatience } from "../../src/testing/patience.ts";
import { watchRoot } from "../../src/testing/watched_handler.ts";
import { startAgent } from "../support/agents.ts";
import { type RedisServer, redisTest as testOn } from "../support/redis_server.ts";
import { logNumber, markAndWaitFor } from "../support/remote_tasks.ts";

/** With a log on disk, without which callers are warned. */
function redisTest(
  name: string,
  fn: (server: RedisServer, context: Deno.TestContext) => Promise<void>,
): void {
  testOn(name, fn, { appendonly: true });
}

const JOBS = "{paralog:default}:jobs";

redisTest(
  "a run that is stopped while Redis is gone rejects, and its Parallel closes",
  (server) =>
    withCleanRootLogger(async () => {
      const handler = watchRoot();
      const folder = await Deno.makeTempDir();
      await using _agent = await startAgent({ redis: server.url });
      const parallel = new Parallel(3, {
        backend: bullmq({ connection: server.url }),
        batchSize: 1,
      });
      const stop = new AbortController();
      const names = ["a", "b", "c"]; // Two run, and one waits.
      const running = inBackground(parallel.run(
        names.map((name) => delayed(markAndWaitFor)(`${folder}/marks`, name, `${folder}/gate`)),
        { signal: stop.signal },
      ));
      await handler.until(2);
      await server.kill();
      stop.abort(new Error("enough"));
      await withPatience(assertRejects(() => running, Error, "enough"), "the end of the run");
      await withPatience(parallel[Symbol.asyncDispose](), "the end of the Parallel");
      await Deno.writeTextFile(`${folder}/gate`, "");
      await server.restart();
      await Deno.remove(folder, { recursive: true });
    }),
);

redisTest("a Parallel closes whose Redis is gone while a run waits for it", async (server) => {
  const parallel = new Parallel(1, { backend: bullmq({ connection: server.url }) });
  const running = inBackground(parallel.map(logNumber, [1]));
  await untilTrue(async () => await server.command("LLEN", `${JOBS}:wait`) === "1", "a job");
  await server.kill();
  await withPatience(parallel[Symbol.asyncDispose](), "the end of the Parallel");
  await assertRejects(() => running, Error, "its Parallel was closed");
});

type Forged = Pick<SentFrame, "kind" | "payload">;

const record = (text: string): Forged => ({
  kind: "record",
  payload: new TextEncoder().encode(text),
});

const message = (value: unknown): Forged => ({ kind: "message", payload: encodeClone(value) });

const settled = (outcomes: unknown) => message({ type: "paralog:settled", outcomes });

/** Frames that can't be read. */
const BROKEN: Readonly<Record<string, Forged>> = {
  "a clone that is none": { kind: "message", payload: new Uint8Array([1, 2, 3]) },
  "a clone of a newer Deno": { kind: "message", payload: new Uint8Array([0xff, 200, 0x30]) },
  "no JSON": { kind: "message", payload: new TextEncoder().encode('{"type":') },
  "counts of 4 bytes": { kind: "counts", payload: new Uint8Array(4) },
  "an ending without a reason": message({ type: "paralog:ending", reason: null }),
  "an ending of another kind": message({ type: "paralog:ending", reason: { kind: "x" } }),
  "an uncaught error that is none": message({ type: "paralog:uncaught", error: null }),
  "settled without outcomes": message({ type: "paralog:settled" }),
  "more values than calls": settled({ values: [1, 2, 3], ms: [1, 1, 1], failed: [] }),
  "fewer times than values": settled({ values: [1, 2], ms: [], failed: [] }),
  "a failed call that threw nothing": settled({ values: [7], ms: [1], failed: [0] }),
  "a failed call that is none": settled({ values: [7], ms: [1], failed: [9] }),
  "a long list of nothing": settled({ values: new Array(2 ** 32 - 1), ms: [], failed: [] }),
  "progress of nothing": message({ type: "paralog:progress", index: 0, done: "x" }),
  "loading without an index": message({ type: "paralog:loading", index: -1 }),
};

/** Writes an entry into the stream of the only run, as if it were of an agent that has its only job. */
async function forge(server: RedisServer, bytes: Uint8Array): Promise<void> {
  const keys = new PoolKeys("default");
  const client = openRedis(server.url, { name: "forger" });
  try {
    const [id = ""] = await client.lrange(`${JOBS}:active`, 0, 0);
    const run = id.split(".").slice(0, -3).join(".");
    await client.xadd(keys.stream(run), "*", "job", id, "frames", Buffer.from(bytes));
  } finally {
    await closeRedis(client);
  }
}

function listOf(...frames: Forged[]): Uint8Array {
  return packFrames({
    delivery: crypto.randomUUID(),
    worker: "Process-9@forger",
    frames: frames.map((frame, number) => ({ ...frame, number, buffers: [] })),
  });
}

redisTest(
  "what an agent tells and can't be read fails its calls, and the program goes on",
  async (server, context) => {
    const folder = await Deno.makeTempDir();
    await using _agent = await startAgent({ redis: server.url });
    const backend = bullmq({ connection: server.url });
    await using parallel = new Parallel(1, { backend, batchSize: 2 });
    for (const [name, frame] of Object.entries(BROKEN)) {
      await context.step(name, () =>
        withCleanRootLogger(async () => {
          const handler = watchRoot();
          const call = delayed(markAndWaitFor);
          const gates = [`${folder}/${name}`, `${folder}/${name}`] as const;
          const running = inBackground(
            parallel.runSettled([call(...gates, "never"), call(...gates, "never")]),
          );
          await handler.until(1);
          await forge(server, listOf(frame));
          for (const result of await withPatience(running, "the end of the run")) {
            const { reason } = result as PromiseRejectedResult;
            assertInstanceOf(reason, WorkerCrashError);
            assertStringIncludes(reason.message, "result lost");
          }
          assertEquals(await parallel.map(logNumber, [5]), [5]);
        }));
    }
    await Deno.remove(folder, { recursive: true });
  },
);

redisTest(
  "records that can't be read are counted, and the rest is not lost",
  (server) =>
    withCleanRootLogger(async () => {
      const handler = watchRoot();
      const folder = await Deno.makeTempDir();
      await using _agent = await startAgent({ redis: server.url });
      await using parallel = new Parallel(1, { backend: bullmq({ connection: server.url }) });
      const running = inBackground(
        parallel.run([delayed(markAndWaitFor)(`${folder}/marks`, "a", `${folder}/gate`)]),
      );
      await handler.until(1);
      const texts = ["{nonsense", '{"level":"x"}', "[]", "null", '{"run":5}'];
      await forge(server, listOf(...texts.map(record)));
      await forge(server, new Uint8Array([0, 1, 2]));
      await handler.until(2); // The forged delivery was taken for another one.
      await Deno.writeTextFile(`${folder}/gate`, "");
      assertEquals(await withPatience(running, "the end of the run"), ["a"]);
      assertEquals(parallel.stats.records.dropped >= texts.length, true);
      const warned = handler.messages.filter((text) => text.includes("could not be read"));
      assertEquals(warned.map((text) => text.split(" of ")[0]), [`${texts.length} records`]);
      await Deno.remove(folder, { recursive: true });
    }),
);

Deno.test("the answer of a delivery counts, though another one was taken for its successor", () => {
  const seen: string[] = [];
  const feed = new DeliveryFeed({
    onDelivery: (worker, isKnown) => seen.push(`${isKnown ? "back" : "on"} ${worker}`),
    onFrame: ({ kind, number }) => seen.push(`${kind} ${number}`),
    onLost: (kind, count) => seen.push(`${count} ${kind} lost`),
  });
  const frame = (kind: SentFrame["kind"], number: number): SentFrame => ({
    ...{ kind, number, payload: new Uint8Array(), buffers: [] },
  });
  const real = { delivery: "a", worker: "real" };
  feed.take({ ...real, frames: [frame("record", 0), frame("message", 0)] });
  feed.take({ delivery: "b", worker: "forged", frames: [frame("message", 0)] });
  feed.take({ ...real, frames: [frame("record", 1)] }); // Not heard.
  const frames = [frame("message", 0), frame("record", 2), frame("message", 1)];
  const rest = { records: 3, outputs: 0, last: undefined, end: undefined, isReady: true };
  feed.finish({ ...real, frames, ...rest });
  feed.take({ delivery: "c", worker: "late", frames: [frame("message", 0)] });
  assertEquals(seen, [
    ...["on real", "record 0", "message 0", "on forged", "message 0"],
    ...["back real", "message 0", "record 2", "message 1", "1 records lost"],
  ]);
});

redisTest(
  "a caller says once that Redis is gone, and once that it is back",
  (server) =>
    withCleanRootLogger(async () => {
      const handler = watchRoot();
      getLogger().setLevel("INFO");
      const folder = await Deno.makeTempDir();
      await using _agent = await startAgent({ redis: server.url });
      const backend = bullmq({ connection: server.url });
      await using parallel = new Parallel(2, { backend, batchSize: 1 });
      const call = delayed(markAndWaitFor);
      const running = inBackground(parallel.run(
        ["a", "b"].map((name) => call(`${folder}/marks`, name, `${folder}/gate`)),
      ));
      await handler.until(2);
      await server.kill();
      const connection = () =>
        handler.records.filter(({ msg }) => msg.startsWith("The connection"));
      await untilTrue(() => connection().length === 1, "the warning");
      await server.restart();
      await untilTrue(() => connection().length === 2, "that it is back");
      await Deno.writeTextFile(`${folder}/gate`, "");
      assertEquals(await running, ["a", "b"]);
      const place = `127.0.0.1:${server.port}/0`;
      assertEquals(connection().map(({ levelName, msg }) => `${levelName} ${msg}`), [
        `WARN The connection to Redis at ${place} is lost: calls wait until it is back`,
        `INFO The connection to Redis at ${place} is there again`,
      ]);
      await Deno.remove(folder, { recursive: true });
    }),
);

redisTest(
  "of a batch that was given up each call is sent alone; one of them is to blame",
  async (server) => {
    const { Worker } = await import("bullmq");
    let taken = 0;
    const backend = bullmq({ connection: server.url });
    await using parallel = new Parallel(1, { backend, batchSize: 4 });
    const running = inBackground(
      parallel.runSettled([1, 2, 3, 4].map((n) => delayed(logNumber)(n))),
    );
    const two = Promise.withResolvers<void>();
    // As BullMQ does it with a job whose agents died: the batch, and then its first call.
    const worker = new Worker("jobs", () => {
      if (++taken === 2) {
        void worker.pause(true);
        two.resolve();
      }
      return Promise.reject(new Error("job stalled more than allowable limit"));
    }, { connection: { host: "127.0.0.1", port: server.port }, prefix: "{paralog:default}" });
    worker.on("error", () => {});
    await withPatience(two.promise, "two jobs");
    await worker.close();
    await using _agent = await startAgent({ redis: server.url });
    const [blamed, ...others] = await withPatience(running, "the end of the run");
    const { reason } = blamed as PromiseRejectedResult;
    assertInstanceOf(reason, WorkerCrashError);
    assertStringIncludes(reason.message, "stalled more than allowable limit");
    assertEquals(others, [2, 3, 4].map((value) => ({ status: "fulfilled", value })));
  },
);

Deno.test("jobs that are stopped in one go are told in one message", async () => {
  const told: Stop[] = [];
  const kept: [string, Stop][] = [];
  const teller = new StopTeller({
    tell: (stop) => Promise.resolve(told.push(stop)),
    keep: (job, stop) => Promise.resolve(kept.push([job, stop])),
  });
  const reason = (text: string) => ({ kind: "value", value: text } as const);
  teller.kill("a");
  teller.cancel("b", reason("enough"));
  teller.cancel("c", reason("late"));
  teller.cancel("d", reason("enough"));
  teller.kill("e");
  await Promise.resolve();
  assertEquals(told, [
    { type: "cancel", jobs: ["b", "d"], reason: reason("enough") },
    { type: "cancel", jobs: ["c"], reason: reason("late") },
    { type: "kill", jobs: ["a", "e"] },
  ]);
  assertEquals(kept.toSorted().map(([job, stop]) => [job, stop.jobs]), [
    ...["a", "b", "c", "d", "e"].map((job) => [job, [job]]),
  ]);
});

Deno.test("where tasks wait for jobs that no agent takes, it is said once why that may be", async () => {
  using watch = new AgentWatch(() => Promise.resolve(true));
  const said: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const warn = () => said.push("no agent");
  watch.wait("1", { warn });
  for (const id of ["2", "3"]) {
    watch.wait(id, {
      warn,
      warnNested: () => {
        said.push(`nested ${id}`);
        resolve();
      },
    });
  }
  watch.done("2");
  await withPatience(promise, "the warning");
  assertEquals(said, ["nested 3"]);
});
