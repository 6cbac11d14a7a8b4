import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import {
  BadEnvelopeError,
  decodeJob,
  encodeJob,
  type ReceivedJob,
} from "../../src/bullmq/wire/job_data.ts";
import { type Envelope, type JobData, PROTOCOL } from "../../src/bullmq/wire/messages.ts";
import {
  packRaw,
  PayloadTooLongError,
  payloadToText,
  textToPayload,
} from "../../src/bullmq/wire/payload.ts";
import { VERSION } from "../../src/bullmq/wire/version.ts";
import { decodeClone } from "../../src/relay/clone_bytes.ts";
import type { ClonedArgs } from "../../src/parallel/wire/process_wire.ts";
import config from "../../deno.json" with { type: "json" };
import { Random } from "../support/random.ts";
import { BATCH, changed, ENVELOPE } from "./wire_samples.ts";

const LIMIT = { limit: 1_000_000 };

/** As it comes out of Redis. */
function throughRedis(data: unknown): unknown {
  return JSON.parse(JSON.stringify(data));
}

/** The head of a job: arguments are in its body. */
const HEAD = headOf(ENVELOPE);

function headOf({ site, batch }: Envelope): Envelope {
  const { initializer } = site;
  return {
    site: { ...site, initializer: initializer && { ...initializer, args: [] } },
    batch: { ...batch, calls: { ...batch.calls, args: [] } },
  };
}

/** The data of a job whose head is some value. */
function jobOf(head: unknown): JobData {
  return {
    protocol: PROTOCOL,
    version: VERSION,
    run: "r-1",
    head: payloadToText(packRaw(head)),
    body: payloadToText(packRaw({ calls: BATCH.calls.args, initializer: [] })),
  };
}

/** What the process makes of the arguments. */
function argsOf({ args }: ReceivedJob): ClonedArgs {
  return decodeClone(new Uint8Array(args)) as ClonedArgs;
}

Deno.test("VERSION is that of deno.json", () => {
  assertEquals(VERSION, config.version);
});

Deno.test("decodeJob() gives what encodeJob() was given", () => {
  const data = throughRedis(encodeJob(ENVELOPE, { run: "r-1", ...LIMIT }));
  const { args, ...rest } = decodeJob(data, LIMIT);
  assertEquals(rest, { ...HEAD, run: "r-1" });
  assertEquals(argsOf({ ...rest, args }), {
    calls: BATCH.calls.args,
    initializer: ENVELOPE.site.initializer?.args ?? [],
  });
});

Deno.test("decodeJob() takes a batch that has only what it needs", () => {
  const envelope = {
    site: { ...ENVELOPE.site, initializer: undefined, memoryLimit: undefined },
    batch: { ...BATCH, context: undefined, levelNames: undefined, levels: [] },
  };
  const site = { ...envelope.site, permissions: undefined, maxTasks: 1, args: [] };
  const data = encodeJob({ ...envelope, site }, { run: "r-1", ...LIMIT });
  const { args: _, ...rest } = decodeJob(throughRedis(data), LIMIT);
  assertEquals(rest, { ...headOf({ ...envelope, site }), run: "r-1" });
});

Deno.test("decodeJob() takes long batches", () => {
  const numbers = Array.from({ length: 20_000 }, (_, index) => index);
  const calls = {
    task: numbers.map(() => 0),
    index: numbers,
    attempt: numbers.map(() => 1),
    args: numbers.map((number) => [number]),
  };
  const envelope = { ...ENVELOPE, batch: { ...BATCH, calls } };
  const data = encodeJob(envelope, { run: "r-1", ...LIMIT });
  assertEquals(argsOf(decodeJob(data, LIMIT)).calls.at(-1), [19_999]);
});

Deno.test("decodeJob() refuses arguments that a newer Deno has written", () => {
  const clone = packRaw({ calls: BATCH.calls.args, initializer: [] });
  clone[2]! += 1; // It follows the mark of a clone.
  const data = { ...jobOf(HEAD), body: payloadToText(clone) };
  assertThrows(() => decodeJob(data, LIMIT), BadEnvelopeError, "Run the same version of Deno");
});

Deno.test("encodeJob() detaches what is moved", () => {
  const buffer = new ArrayBuffer(10);
  const calls = { task: [0], index: [0], attempt: [1], args: [[buffer]] };
  const envelope = { ...ENVELOPE, batch: { ...BATCH, calls } };
  const encoded = encodeJob(envelope, { run: "r-1", moved: [buffer], ...LIMIT });
  assert(buffer.detached);
  assertEquals(argsOf(decodeJob(encoded, LIMIT)).calls, [[new ArrayBuffer(10)]]);
});

Deno.test("encodeJob() and decodeJob() refuse a batch over the limit", () => {
  const args = [[crypto.getRandomValues(new Uint8Array(5000))]];
  const calls = { task: [0], index: [0], attempt: [1], args };
  const envelope = { ...ENVELOPE, batch: { ...BATCH, calls } };
  const options = { run: "r-1", limit: 2000 };
  assertThrows(() => encodeJob(envelope, options), PayloadTooLongError, "limit is 2000");
  const data = encodeJob(envelope, { run: "r-1", ...LIMIT });
  assertThrows(() => decodeJob(data, options), PayloadTooLongError, "limit is 2000");
});

Deno.test("decodeJob() refuses data that is no job of ours, and says why", () => {
  const job = jobOf(HEAD);
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
    [{ ...job, head: undefined }, "head is undefined"],
    [{ ...job, head: "%" }, "its head can't be read. "],
    [{ ...job, head: job.head.slice(0, 80) }, "its head can't be read. "],
    [{ ...job, body: undefined }, "body is undefined"],
    [{ ...job, body: {} }, "body is {}"],
    [{ ...job, body: "%" }, "its body can't be read. "],
    [{ ...job, body: "" }, "its body can't be read. "],
    [{ ...job, body: "aGVsbG8=" }, "its body can't be read. "],
    [jobOf(undefined), "it is undefined, it should be a plain object"],
    [jobOf(new Map()), "it is Map(0) {}"],
    [jobOf([HEAD]), "it should be a plain object"],
  ];
  for (const [data, reason] of cases) {
    const error = assertThrows(() => decodeJob(data, LIMIT), BadEnvelopeError, reason);
    assert(error.message.startsWith("Cannot run the job: "), error.message);
  }
});

Deno.test("decodeJob() says which side is the older one when the protocols differ", () => {
  const newer = { protocol: PROTOCOL + 1, version: "9.1.0-rc.1", other: true };
  assertThrows(
    () => decodeJob(newer, LIMIT),
    BadEnvelopeError,
    `its caller runs paralog 9.1.0-rc.1, which speaks protocol ${PROTOCOL + 1}; this agent runs ` +
      `paralog ${VERSION} with protocol ${PROTOCOL}. The agent is the older one: update it`,
  );
  const older = { protocol: PROTOCOL - 1, version: "<b>\n" };
  assertThrows(
    () => decodeJob(older, LIMIT),
    BadEnvelopeError,
    "its caller runs another paralog, which speaks protocol 0",
  );
});

Deno.test("decodeJob() looks at every field that is relied on, and names it", () => {
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
    ["site.initializer.args", [1], "it should be an empty list"],
    ["site.args", ["x".repeat(70_000)], "site.args has 70000 characters"],
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
    ["batch.calls.task", [0, 2], "batch.calls.task[1] is 2, tasks has 2"],
    ["batch.calls.task", [0, -1], "batch.calls.task[1] is -1"],
    ["batch.calls.task", [0, "length"], 'batch.calls.task[1] is "length"'],
    ["batch.calls.task", new Uint8Array(2), "batch.calls.task is Uint8Array(2)"],
    ["batch.calls.index", [4, 5.5], "batch.calls.index[1] is 5.5"],
    ["batch.calls.index", [4, 5n], "batch.calls.index[1] is 5n"],
    ["batch.calls.index", holes, "batch.calls.index[0] is undefined"],
    ["batch.calls.attempt", [1, 0], "batch.calls.attempt[1] is 0"],
    ["batch.calls.args", [[]], "it should be an empty list"],
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
    ["batch.levels", {}, "batch.levels is {}, it should be a list"],
    ["batch.levels", [["a", "b"]], 'batch.levels[0] is "b"'],
    ["batch.levels", [["a", NaN]], "batch.levels[0] is NaN"],
    ["batch.levels", [[5, 5]], "batch.levels[0] is 5, it should be a text"],
    ["batch.levels", [["a", 5, 6]], "batch.levels[0] is"],
  ];
  for (const [path, field, reason] of cases) {
    const job = jobOf(changed(HEAD, path, field));
    assertThrows(() => decodeJob(job, LIMIT), BadEnvelopeError, reason);
  }
});

Deno.test("decodeJob() shows no more than a part of what it refuses", () => {
  const job = jobOf(changed(HEAD, "batch.hasStatus", "x".repeat(100_000)));
  const error = assertThrows(() => decodeJob(job, LIMIT), BadEnvelopeError, "xxx…");
  assert(error.message.length < 400);
});

Deno.test("decodeJob() leaves out what it does not know", () => {
  const task = { ...BATCH.tasks[0], source: "Deno.exit()" };
  const job = jobOf({
    ...HEAD,
    batch: { ...HEAD.batch, tasks: [task, task], then: 1 },
    site: { ...HEAD.site, flags: ["-A"] },
    more: 1,
  });
  const { site, batch, args: _, ...rest } = decodeJob(job, LIMIT);
  assertEquals(rest, { run: "r-1" });
  assertEquals(site, HEAD.site);
  assertEquals(batch, { ...HEAD.batch, tasks: [BATCH.tasks[0]!, BATCH.tasks[0]!] });
});

Deno.test("decodeJob() gives the URL that is imported, whatever way it was written", () => {
  const url = "FILE:///app/x/%2e%2e/./tasks.ts";
  const { batch } = decodeJob(jobOf(changed(HEAD, "batch.tasks.0.url", url)), LIMIT);
  const [task] = batch.tasks;
  assertEquals(task, { kind: "module", url: "file:///app/tasks.ts", name: "square" });
});

Deno.test("decodeJob() takes no field from a prototype", () => {
  const bytes = packRaw(changed(HEAD, "batch.runs_____", { run: "x" }));
  const name = new TextEncoder().encode("runs_____");
  const at = bytes.findIndex((_, start) => name.every((byte, i) => bytes[start + i] === byte));
  bytes.set(new TextEncoder().encode("__proto__"), at);
  const { batch } = decodeJob({ ...jobOf(0), head: payloadToText(bytes) }, LIMIT);
  assertEquals(batch, HEAD.batch);
  assert(Object.getPrototypeOf(batch) === Object.prototype);
});

Deno.test("decodeJob() gives a batch or one of its errors, whatever a head holds", () => {
  const random = new Random(11);
  const { head } = jobOf(HEAD);
  let refused = 0;
  for (let round = 0; round < 5000; round++) {
    const bytes = textToPayload(head, 10_000);
    bytes[1 + random.below(bytes.length - 1)] = random.below(256);
    try {
      decodeJob({ ...jobOf(HEAD), head: payloadToText(bytes) }, LIMIT);
    } catch (error) {
      assertInstanceOf(error, BadEnvelopeError);
      refused++;
    }
  }
  assert(refused > 1000);
});
