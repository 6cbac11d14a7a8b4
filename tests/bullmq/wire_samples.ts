/**
 * Messages between callers and agents, for tests to send and to break.
 *
 * @module
 */

import { encodeClone } from "../../src/relay/clone_bytes.ts";
import type { Answer, Envelope, SentFrame } from "../../src/bullmq/wire/messages.ts";
import type { ProcessBatch } from "../../src/parallel/wire/process_wire.ts";

/** A batch of two calls of two tasks, with everything that a batch may have. */
export const BATCH: ProcessBatch = {
  type: "batch",
  tasks: [
    { kind: "module", url: "file:///app/tasks.ts", name: "square" },
    { kind: "source", source: "(x) => x", name: "same" },
  ],
  calls: { task: [0, 1], index: [4, 5], attempt: [1, 2], args: [[3], ["ż", { n: 1n }]] },
  run: "7.1.2",
  context: { request: "r1" },
  nesting: { level: 1, jobs: 2, inline: 0 },
  initializer: undefined,
  movesResults: false,
  hasStatus: true,
  levelNames: [[15, "NOTICE"]],
  locations: false,
  levels: [["root", 20], ["app", 10]],
};

/** The same with its site. */
export const ENVELOPE: Envelope = {
  site: {
    id: "site-1",
    initializer: {
      task: { kind: "module", url: "file:///app/setup.ts", name: "setup" },
      args: [{ cache: true }],
    },
    maxTasks: 100,
    memoryLimit: 256,
    permissions: { read: ["/data"], net: true },
    maxRecordLength: 64 * 1024 * 1024,
    args: ["--verbose"],
  },
  batch: BATCH,
};

/** Frames of all kinds. */
export const FRAMES: readonly SentFrame[] = [
  { kind: "record", number: 0, payload: new TextEncoder().encode('{"msg":"ż"}'), buffers: [] },
  {
    kind: "message",
    number: 0,
    payload: new Uint8Array(encodeClone({ type: "paralog:began" })),
    buffers: [],
  },
  {
    kind: "message",
    number: 1,
    payload: new Uint8Array(encodeClone({ n: 1 })),
    buffers: [new Uint8Array([1, 2]).buffer, new ArrayBuffer(0)],
  },
  { kind: "counts", number: 2, payload: new Uint8Array(), buffers: [] },
  { kind: "record", number: 1, payload: new Uint8Array([7]), buffers: [new ArrayBuffer(3)] },
  { kind: "stdout", number: 0, payload: new Uint8Array([72, 105]), buffers: [] },
  { kind: "stderr", number: 1, payload: new Uint8Array([10]), buffers: [] },
];

/** An answer. */
export const ANSWER: Answer = {
  delivery: "d1",
  worker: "Process-1@host",
  frames: FRAMES,
  outputs: 3,
  records: 12,
  last: "1700000000000-3",
  end: undefined,
  isReady: true,
};

/**
 * A copy of a value in which one field is another: `changed(ENVELOPE, "batch.calls.index", [1])`.
 *
 * @param value The value.
 * @param path The names that lead to the field.
 * @param field What to put there.
 */
export function changed(value: unknown, path: string, field: unknown): unknown {
  const copy: unknown = structuredClone(value);
  const steps = path.split(".");
  const last = steps.pop()!; // There is one, even in an empty text.
  const owner = steps.reduce((inner: unknown, step) => Reflect.get(Object(inner), step), copy);
  Reflect.set(Object(owner), last, field);
  return copy;
}
