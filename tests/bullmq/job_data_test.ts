import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { BadEnvelopeError, decodeJob, encodeJob } from "../../src/bullmq/wire/job_data.ts";
import { type JobData, PROTOCOL } from "../../src/bullmq/wire/messages.ts";
import {
  packRaw,
  PayloadTooLongError,
  payloadToText,
  textToPayload,
} from "../../src/bullmq/wire/payload.ts";
import { VERSION } from "../../src/bullmq/wire/version.ts";
import config from "../../deno.json" with { type: "json" };
import { Random } from "../support/random.ts";
import { BATCH, changed, ENVELOPE } from "./wire_samples.ts";

const LIMIT = { limit: 1_000_000 };

/** As it comes out of Redis. */
function throughRedis(data: unknown): unknown {
  return JSON.parse(JSON.stringify(data));
}

/** The data of a job whose body is some value. */
function jobOf(body: unknown): JobData {
  return {
    protocol: PROTOCOL,
    version: VERSION,
    run: "r-1",
    body: payloadToText(packRaw(body)),
  };
}

Deno.test("VERSION is that of deno.json", () => {
  assertEquals(VERSION, config.version);
});

Deno.test("decodeJob() gives what encodeJob() was given", async () => {
  const data = throughRedis(await encodeJob(ENVELOPE, { run: "r-1", ...LIMIT }));
  assertEquals(await decodeJob(data, LIMIT), { ...ENVELOPE, run: "r-1" });
});

Deno.test("decodeJob() takes a batch that has only what it needs", async () => {
  const envelope = {
    site: { ...ENVELOPE.site, initializer: undefined, memoryLimit: undefined },
    batch: { ...BATCH, context: undefined, levelNames: undefined, levels: new Map() },
  };
  const site = { ...envelope.site, permissions: undefined, maxTasks: 1, args: [] };
  const data = await encodeJob({ ...envelope, site }, { run: "r-1", ...LIMIT });
  assertEquals(await decodeJob(throughRedis(data), LIMIT), { ...envelope, site, run: "r-1" });
});

Deno.test("decodeJob() takes long batches", async () => {
  const numbers = Array.from({ length: 20_000 }, (_, index) => index);
  const calls = {
    task: numbers.map(() => 0),
    index: numbers,
    attempt: numbers.map(() => 1),
    args: numbers.map((number) => [number]),
  };
  const envelope = { ...ENVELOPE, batch: { ...BATCH, calls } };
  const data = await encodeJob(envelope, { run: "r-1", ...LIMIT });
  const { batch } = await decodeJob(data, LIMIT);
  assertEquals(batch.calls.args.at(-1), [19_999]);
});

Deno.test("encodeJob() detaches what is moved", async () => {
  const buffer = new ArrayBuffer(10);
  const calls = { task: [0], index: [0], attempt: [1], args: [[buffer]] };
  const envelope = { ...ENVELOPE, batch: { ...BATCH, calls } };
  const encoded = encodeJob(envelope, { run: "r-1", moved: [buffer], ...LIMIT });
  assert(buffer.detached);
  const { batch } = await decodeJob(await encoded, LIMIT);
  assertEquals(batch.calls.args, [[new ArrayBuffer(10)]]);
});

Deno.test("encodeJob() and decodeJob() refuse a batch over the limit", async () => {
  const args = [[crypto.getRandomValues(new Uint8Array(5000))]];
  const calls = { task: [0], index: [0], attempt: [1], args };
  const envelope = { ...ENVELOPE, batch: { ...BATCH, calls } };
  const options = { run: "r-1", limit: 2000 };
  await assertRejects(() => encodeJob(envelope, options), PayloadTooLongError, "limit is 2000");
  const data = await encodeJob(envelope, { run: "r-1", ...LIMIT });
  await assertRejects(() => decodeJob(data, options), PayloadTooLongError, "limit is 2000");
});

Deno.test("decodeJob() refuses data that is no job of ours, and says why", async () => {
  const job = jobOf(ENVELOPE);
  const cases: [unknown, string][] = [
    [null, "is null, it should be a plain object"],
    [undefined, "is undefined"],
    ["hello", 'is "hello"'],
    [5, "is 5"],
    [[], "is []"],
    [{}, "protocol is no number"],
    [{ to: "a@example.com" }, "protocol is no number"],
    [{ ...job, protocol: "1" }, "protocol is no number"],
    [{ ...job, protocol: Infinity }, "protocol is no number"],
    [{ ...job, version: undefined }, "version is undefined, it should be a text"],
    [{ ...job, run: "a b" }, 'run is "a b"'],
    [{ ...job, run: "a:b" }, 'run is "a:b"'],
    [{ ...job, run: "" }, 'run is ""'],
    [{ ...job, run: 5 }, "run is 5"],
    [{ ...job, body: undefined }, "body is undefined"],
    [{ ...job, body: {} }, "body is {}"],
    [{ ...job, body: "%" }, "its body can't be read. "],
    [{ ...job, body: "" }, "its body can't be read. "],
    [{ ...job, body: "aGVsbG8=" }, "its body can't be read. "],
    [{ ...job, body: job.body.slice(0, 80) }, "its body can't be read. "],
    [jobOf(undefined), "it is undefined, it should be a plain object"],
    [jobOf(new Map()), "it is Map(0) {}"],
    [jobOf([ENVELOPE]), "it should be a plain object"],
  ];
  for (const [data, reason] of cases) {
    const error = await assertRejects(() => decodeJob(data, LIMIT), BadEnvelopeError, reason);
    assert(error.message.startsWith("Cannot run the job: "), error.message);
  }
});

Deno.test("decodeJob() says which side is the older one when the protocols differ", async () => {
  const newer = { protocol: PROTOCOL + 1, version: "9.1.0-rc.1", other: true };
  await assertRejects(
    () => decodeJob(newer, LIMIT),
    BadEnvelopeError,
    `its caller runs paralog 9.1.0-rc.1, which speaks protocol ${PROTOCOL + 1}; this agent runs ` +
      `paralog ${VERSION} with protocol ${PROTOCOL}. The agent is the older one: update it`,
  );
  const older = { protocol: PROTOCOL - 1, version: "<b>\n" };
  await assertRejects(
    () => decodeJob(older, LIMIT),
    BadEnvelopeError,
    "its caller runs another paralog, which speaks protocol 0",
  );
});

Deno.test("decodeJob() looks at every field that is relied on, and names it", async () => {
  const holes: unknown[] = [];
  holes.length = 4_294_967_295;
  const cases: [path: string, field: unknown, reason: string][] = [
    ["site", undefined, "site is undefined"],
    ["site.id", "", "site.id is"],
    ["site.id", "a:b", 'site.id is "a:b"'],
    ["site.id", "x".repeat(201), "site.id is"],
    ["site.initializer", null, "site.initializer is null"],
    ["site.initializer", {}, "site.initializer.task is undefined"],
    ["site.initializer.args", {}, "site.initializer.args is {}, it should be a list"],
    ["site.initializer.task.url", "tasks.ts", "site.initializer.task.url is"],
    ["site.maxTasks", 0, "site.maxTasks is 0"],
    ["site.maxTasks", NaN, "site.maxTasks is NaN"],
    ["site.memoryLimit", 1, "site.memoryLimit is wrong: Cannot use 1 as memoryLimit"],
    ["site.memoryLimit", "1", "site.memoryLimit is wrong"],
    ["site.permissions", "all", "site.permissions is wrong: Cannot run tasks with"],
    ["site.permissions", { red: true }, "site.permissions is wrong"],
    ["site.permissions", { net: ["a,b"] }, "site.permissions is wrong"],
    ["site.maxRecordLength", -1, "site.maxRecordLength is -1"],
    ["site.maxRecordLength", Infinity, "site.maxRecordLength is Infinity"],
    ["site.args", ["a", 5], "site.args[1] is 5, it should be a text"],
    ["site.args", holes, "site.args[0] is undefined"],
    ["batch", [], "batch is []"],
    ["batch.type", "start", 'batch.type is "start", it should be "batch"'],
    ["batch.tasks", {}, "batch.tasks is {}"],
    ["batch.tasks", [], "batch.calls.task[0] is 0, tasks has 0"],
    ["batch.tasks.0", null, "batch.tasks[0] is null"],
    ["batch.tasks.0.kind", "eval", 'batch.tasks[0].kind is "eval", it should be "module" or'],
    ["batch.tasks.0.kind", "constructor", 'batch.tasks[0].kind is "constructor"'],
    ["batch.tasks.0.url", "tasks.ts", 'batch.tasks[0].url is "tasks.ts", it should be the URL'],
    ["batch.tasks.0.url", new URL("file:///a.ts").href.length, "batch.tasks[0].url is 12"],
    ["batch.tasks.0.name", undefined, "batch.tasks[0].name is undefined"],
    ["batch.tasks.1.source", 5, "batch.tasks[1].source is 5"],
    ["batch.calls", undefined, "batch.calls is undefined"],
    ["batch.calls.task", [0], "batch.calls.task has 1 entries, index has 2"],
    ["batch.calls.attempt", [1, 1, 1], "batch.calls.attempt has 3 entries"],
    ["batch.calls.args", [], "batch.calls.args has 0 entries"],
    ["batch.calls.task", [0, 2], "batch.calls.task[1] is 2, tasks has 2"],
    ["batch.calls.task", [0, -1], "batch.calls.task[1] is -1"],
    ["batch.calls.task", [0, "length"], 'batch.calls.task[1] is "length"'],
    ["batch.calls.task", new Uint8Array(2), "batch.calls.task is Uint8Array(2)"],
    ["batch.calls.index", [4, 5.5], "batch.calls.index[1] is 5.5"],
    ["batch.calls.index", [4, 5n], "batch.calls.index[1] is 5n"],
    ["batch.calls.index", holes, "batch.calls.index[0] is undefined"],
    ["batch.calls.attempt", [1, 0], "batch.calls.attempt[1] is 0"],
    ["batch.calls.args", [[], "x"], 'batch.calls.args[1] is "x", it should be a list'],
    ["batch.calls.args", [[], { length: 2 }], "batch.calls.args[1] is"],
    ["batch.run", "", 'batch.run is ""'],
    ["batch.run", 7, "batch.run is 7"],
    ["batch.context", [], "batch.context is []"],
    ["batch.context", new Map(), "batch.context is Map(0) {}"],
    ["batch.nesting", undefined, "batch.nesting is undefined"],
    ["batch.nesting.level", -1, "batch.nesting.level is -1"],
    ["batch.nesting.jobs", 0, "batch.nesting.jobs is 0"],
    ["batch.nesting.inline", "0", "batch.nesting.inline is"],
    ["batch.initializer", ENVELOPE.site.initializer, "batch.initializer is"],
    ["batch.movesResults", 1, "batch.movesResults is 1, it should be true or false"],
    ["batch.hasStatus", undefined, "batch.hasStatus is undefined"],
    ["batch.locations", "yes", "batch.locations is"],
    ["batch.levelNames", "x", "batch.levelNames is"],
    ["batch.levelNames", [[15]], "batch.levelNames[0] is undefined, it should be a text"],
    ["batch.levelNames", [[15, "A", 1]], "batch.levelNames[0] is"],
    ["batch.levelNames", [[-1, "A"]], "batch.levelNames[0] is -1"],
    ["batch.levels", {}, "batch.levels is {}, it should be a Map"],
    ["batch.levels", new Map([["a", "b"]]), 'batch.levels.a is "b"'],
    ["batch.levels", new Map([["a", NaN]]), "batch.levels.a is NaN"],
    ["batch.levels", new Map([[5, 5]]), "batch.levels is 5, it should be a text, as a key"],
  ];
  for (const [path, field, reason] of cases) {
    const job = jobOf(changed(ENVELOPE, path, field));
    await assertRejects(() => decodeJob(job, LIMIT), BadEnvelopeError, reason);
  }
});

Deno.test("decodeJob() shows no more than a part of what it refuses", async () => {
  const job = jobOf(changed(ENVELOPE, "batch.hasStatus", "x".repeat(100_000)));
  const error = await assertRejects(() => decodeJob(job, LIMIT), BadEnvelopeError, "xxx…");
  assert(error.message.length < 400);
});

Deno.test("decodeJob() leaves out what it does not know", async () => {
  const task = { ...BATCH.tasks[0], source: "Deno.exit()" };
  const job = jobOf({
    ...ENVELOPE,
    batch: { ...BATCH, tasks: [task, task], then: 1 },
    site: { ...ENVELOPE.site, flags: ["-A"] },
    more: 1,
  });
  const { site, batch, ...rest } = await decodeJob(job, LIMIT);
  assertEquals(rest, { run: "r-1" });
  assertEquals(site, ENVELOPE.site);
  assertEquals(batch, { ...BATCH, tasks: [BATCH.tasks[0]!, BATCH.tasks[0]!] });
});

Deno.test("decodeJob() gives the URL that is imported, whatever way it was written", async () => {
  const url = "FILE:///app/x/%2e%2e/./tasks.ts";
  const { batch } = await decodeJob(jobOf(changed(ENVELOPE, "batch.tasks.0.url", url)), LIMIT);
  const [task] = batch.tasks;
  assertEquals(task, { kind: "module", url: "file:///app/tasks.ts", name: "square" });
});

Deno.test("decodeJob() takes no field from a prototype", async () => {
  const bytes = packRaw(changed(ENVELOPE, "batch.runs_____", { run: "x" }));
  const name = new TextEncoder().encode("runs_____");
  const at = bytes.findIndex((_, start) => name.every((byte, i) => bytes[start + i] === byte));
  bytes.set(new TextEncoder().encode("__proto__"), at);
  const { batch } = await decodeJob({ ...jobOf(0), body: payloadToText(bytes) }, LIMIT);
  assertEquals(batch, BATCH);
  assert(Object.getPrototypeOf(batch) === Object.prototype);
});

Deno.test("decodeJob() gives a batch or one of its errors, whatever a body holds", async () => {
  const random = new Random(11);
  const { body } = jobOf(ENVELOPE);
  let refused = 0;
  for (let round = 0; round < 5000; round++) {
    const bytes = textToPayload(body, 10_000);
    bytes[1 + random.below(bytes.length - 1)] = random.below(256);
    try {
      await decodeJob({ ...jobOf(0), body: payloadToText(bytes) }, LIMIT);
    } catch (error) {
      assertInstanceOf(error, BadEnvelopeError);
      refused++;
    }
  }
  assert(refused > 1000);
});
