import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import {
  decodeMessage,
  encodeMessage,
  writeMessage,
} from "../../src/parallel/wire/process_message.ts";
import type { ProcessBatch, ToProcess } from "../../src/parallel/wire/process_wire.ts";
import type { FromWorker } from "../../src/parallel/wire/wire.ts";

const BATCH: ProcessBatch = {
  type: "batch",
  tasks: [{ kind: "module", url: "file:///app/tasks.ts", name: "square" }],
  calls: { task: [0], index: [4], attempt: [1], args: [[3]] },
  run: "7",
  context: undefined,
  nesting: { level: 1, jobs: 2, inline: 0 },
  initializer: undefined,
  movesResults: false,
  hasStatus: true,
  levelNames: [[15, "NOTICE"]],
  locations: false,
  levels: [["root", 20]],
};

const settled = (...values: unknown[]): FromWorker => ({
  type: "paralog:settled",
  outcomes: { values, ms: values.map(() => 0.25), failed: [] },
});

const batchOf = (...args: unknown[]): ProcessBatch => ({
  ...BATCH,
  calls: { ...BATCH.calls, args: [args] },
});

const isText = (message: ToProcess | FromWorker) => typeof writeMessage(message) === "string";

const throughPipe = (message: ToProcess | FromWorker) => decodeMessage(encodeMessage(message));

/** What comes out of JSON as it went in. */
const PLAIN: readonly unknown[] = [
  ...[0, 1, -1.5, 1e300, 5e-324, Number.MAX_SAFE_INTEGER, 0.1 + 0.2, true, false, null, ""],
  ...["ż\n\0\u2028", "\ud800", "__proto__", "x".repeat(256)],
];

/** What does not, or takes longer. */
const OTHERS: readonly unknown[] = [
  ...[undefined, -0, NaN, Infinity, -Infinity, 5n, "x".repeat(257)],
  ...[[], {}, [1], { toJSON: 1 }, new Date(5), new Map([[1, 2]]), new Uint8Array(2)],
  ...[/x/, Object(5), Object("x"), new Error("x"), new ArrayBuffer(1), [undefined]],
];

Deno.test("encodeMessage() carries every value as structuredClone() does", () => {
  for (const value of [...PLAIN, ...OTHERS]) {
    const told = throughPipe(settled(1, value)) as { outcomes: { values: unknown[] } };
    assertEquals(told.outcomes.values, [1, structuredClone(value)]);
    assertEquals(Object.is(told.outcomes.values[1], -0), Object.is(value, -0));
    const batch = throughPipe(batchOf("a", value)) as ProcessBatch;
    assertEquals(batch.calls.args, [["a", structuredClone(value)]]);
    assertEquals(Object.is(batch.calls.args[0]![1], -0), Object.is(value, -0));
  }
});

Deno.test("writeMessage() writes text where JSON says all there is", () => {
  for (const value of PLAIN) {
    assertEquals([isText(settled(value)), isText(batchOf(value))], [true, true]);
  }
  for (const value of OTHERS) {
    assertEquals([isText(settled(0, value)), isText(batchOf(value))], [false, false]);
  }
  const holes = batchOf();
  assertEquals(isText({ ...holes, calls: { ...holes.calls, args: [[1, , 2]] } }), false);
  const long = { ...holes, calls: { ...holes.calls, args: [new Array(1_100_000).fill(1)] } };
  assertEquals(isText(long), false); // A text has an end.
  long.calls.args = [new Array(70_000).fill("x".repeat(256))];
  assertEquals(isText(long), false);
  assertEquals(isText({ ...BATCH, context: {} }), false);
  assertEquals(isText({ ...BATCH, levels: [["root", Infinity]] }), false);
  assertEquals(isText({ ...BATCH, levelNames: [[Infinity, "NEVER"]] }), false);
  const [task] = BATCH.tasks;
  assertEquals(isText({ ...BATCH, initializer: { task: task!, args: [] } }), false);
});

Deno.test("encodeMessage() carries that calls have returned nothing, as text where all have", () => {
  const nothing = settled(undefined, undefined);
  assertEquals(isText(nothing), true);
  assertEquals(throughPipe(nothing), nothing);
  const some = settled(undefined, 1);
  assertEquals(isText(some), false);
  assertEquals(throughPipe(some), some);
  assertEquals(throughPipe(settled()), settled());
});

Deno.test("decodeMessage() reads what a task may write", () => {
  const read = (text: string) => decodeMessage(new TextEncoder().encode(text));
  for (const text of ["null", "5", '"x"', "[]", "{}"]) assertEquals(read(text), JSON.parse(text));
  for (const outcomes of ["5", "null", "{}", '{"values":[]}', '{"values":[],"ms":5}']) {
    const text = `{"type":"paralog:settled","outcomes":${outcomes}}`;
    assertEquals(read(text), JSON.parse(text));
  }
  assertThrows(() => read("x"), SyntaxError);
});

Deno.test("encodeMessage() carries all messages; fields that are undefined may be missing", () => {
  const error = { kind: "value", value: 5 } as const;
  const messages: (ToProcess | FromWorker)[] = [
    { type: "paralog:ready" },
    { type: "paralog:initialized" },
    { type: "paralog:began" },
    { type: "paralog:loading", isLoading: true },
    { type: "paralog:cancelled" },
    { type: "paralog:listening", index: 3 },
    { type: "paralog:progress", index: 3, done: 1, total: 2 },
    { type: "paralog:progress", index: 3, done: NaN, total: Infinity },
    { type: "paralog:uncaught", error },
    { type: "paralog:ending", reason: { kind: "exit", code: 1 }, error },
    { type: "paralog:settled", outcomes: { values: [error], ms: [1], failed: [0] } },
    { type: "start", worker: "Process-1", maxRecordLength: 10 },
    { type: "cancel", reason: error },
    { type: "levels", levels: [["a", 5], ["b", Infinity]] },
  ];
  for (const message of messages) assertEquals<unknown>(throughPipe(message), message);
  const { context: _, initializer: __, ...rest } = BATCH;
  assertEquals<unknown>(throughPipe(BATCH), rest);
  const progress = { type: "paralog:progress", index: 3, done: 1 } as const;
  assertEquals<unknown>(throughPipe({ ...progress, total: undefined }), progress);
});

Deno.test("writeMessage() does not write text where the program has changed what JSON writes", () => {
  for (const prototype of [Array.prototype, Object.prototype]) {
    Object.defineProperty(prototype, "toJSON", { value: () => "?", configurable: true });
    try {
      assertInstanceOf(writeMessage(settled(1)), Uint8Array);
    } finally {
      Reflect.deleteProperty(prototype, "toJSON");
    }
  }
  assertEquals(isText(settled(1)), true);
});

Deno.test("messages are JSON as the engine writes and reads it", () => {
  const { parse, stringify } = JSON;
  const other = () => "?";
  Object.assign(JSON, { parse: other, stringify: other });
  try {
    assertEquals(throughPipe(settled(1)), settled(1));
  } finally {
    Object.assign(JSON, { parse, stringify });
  }
});

Deno.test("encodeMessage() throws for what can't be sent", () => {
  assertThrows(() => encodeMessage(settled(() => {})), Error);
});
