import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Socket } from "node:net";
import { delayed, getLogger, LoggerAdapter, NullHandler, task } from "@paralog/paralog";
import {
  cloneArgs,
  cloneResult,
  prepareArgs,
  prepareResult,
  uncloneableArgs,
  uncloneableResult,
} from "../../src/parallel/values/clone.ts";
import { TooLongError } from "../../src/relay/pipe_frame.ts";
import * as records from "../support/records.ts";

const crawl = delayed(function crawl(...args: unknown[]) {
  return args;
});

/** What is said of an argument that can't be sent, without what all errors begin with. */
function refused(value: unknown, to?: "thread" | "process"): string {
  const error = assertThrows(() => {
    const call = crawl(value);
    const { args } = prepareArgs(call, { to });
    try {
      structuredClone(args);
    } catch (cause) {
      throw uncloneableArgs(call, cause, to);
    }
  }, TypeError);
  return error.message.replace(/^Cannot send the arguments of crawl to it: args\[0\]/, "");
}

class Counter {
  readonly #count = 0;
  get count(): number {
    return this.#count;
  }
}

export const helper = task(import.meta, function helper() {});

const CLONED = "which can't be cloned";

/** What is refused everywhere, and what is said of it. */
const REFUSED: readonly [make: () => unknown, text: string][] = [
  [() => () => {}, ` is a function, ${CLONED}: let the task's module define or import it`],
  [() => helper, ` is a task, ${CLONED}: let the task's module import helper`],
  [
    () => Counter,
    ` is a class, ${CLONED}: send plain data, and let the task's module import Counter`,
  ],
  [() => Symbol("s"), ` is a symbol, ${CLONED}: send plain data`],
  [() => new URL("https://a/"), ` is a URL, ${CLONED}: send url.href`],
  [() => new URLSearchParams(), ` is a URLSearchParams, ${CLONED}: send params.toString()`],
  [() => new URLPattern({}), ` is a URLPattern, ${CLONED}: send plain data`],
  [() => new Headers(), ` is a Headers, ${CLONED}: send [...headers]`],
  [() => new FormData(), ` is a FormData, ${CLONED}: send [...form]`],
  [() => new Request("https://a/"), ` is a Request, ${CLONED}: send its url`],
  [() => new Response(), ` is a Response, ${CLONED}: send what the task needs of it`],
  [() => AbortSignal.abort(), ` is an AbortSignal, ${CLONED}: the task has a signal of its own`],
  [() => new AbortController(), ` is an AbortController, ${CLONED}: the task has a signal`],
  [() => new Event("e"), ` is an Event, ${CLONED}: send plain data`],
  [() => new MessageEvent("m"), ` is a MessageEvent, ${CLONED}: send plain data`],
  [() => new TextEncoder(), ` is a TextEncoder, ${CLONED}: send plain data`],
  [() => new CompressionStream("gzip"), ` is a CompressionStream, ${CLONED}`],
  [() => new ImageData(1, 1), ` is an ImageData, ${CLONED}: send its data, width and height`],
  [() => performance.mark("a"), ` is a PerformanceMark, ${CLONED}`],
  [
    () => new Deno.Command("a"),
    " is a Command, whose private fields can't be cloned: send plain data, and make a",
  ],
  [
    () => Deno.listen({ port: 0 }),
    " is a Listener, whose private fields can't be cloned: open it in the task",
  ],
  [() => new Socket(), ` is a Socket, ${CLONED}: open it in the task`],
  [() => Promise.resolve(1), ` is a Promise, ${CLONED}: await it first`],
  [() => new WeakMap(), ` is a WeakMap, ${CLONED}: send plain data`],
  [() => new WeakRef({}), ` is a WeakRef, ${CLONED}: send what it refers to, ref.deref()`],
  [() => [1].values(), ` is an Array Iterator, ${CLONED}: send a list, [...values]`],
  [() => (function* () {})(), ` is a Generator, ${CLONED}: send a list, [...values]`],
  [
    () => (async function* () {})(),
    ` is an AsyncGenerator, ${CLONED}: send a list, await Array.fromAsync(values)`,
  ],
  [() => new Intl.NumberFormat(), ` is a NumberFormat, ${CLONED}: send plain data`],
  [() => Temporal.Now.instant(), ` is an Instant, ${CLONED}: send its text, value.toString()`],
  [() => new Proxy({}, {}), ` is a Proxy, ${CLONED}: send a plain copy, { ...proxy }`],
  [
    () =>
      (function () {
        return arguments;
      })(),
    ` is an Arguments, ${CLONED}: send a list, [...arguments]`,
  ],
  [() => records, ` is a Module, ${CLONED}: let the task's module`],
  [() => getLogger("app.jobs"), ` is a Logger, ${CLONED}: call getLogger("app.jobs") in the task`],
  [
    () => new LoggerAdapter(getLogger("app"), { id: 1 }),
    ` is a LoggerAdapter, ${CLONED}: make it in the task, on getLogger(name)`,
  ],
  [() => new NullHandler(), ` is a NullHandler, ${CLONED}: add it in the task, or leave`],
  [
    () => new Counter(),
    " is a Counter, whose private fields can't be cloned: send plain data, and make a Counter of it " +
    "there",
  ],
  [
    () => new MessageChannel().port1,
    ` is a MessagePort, ${CLONED}, but moved: new Parallel(n, { transfer: true })`,
  ],
  [() => new ReadableStream(), ` is a ReadableStream, ${CLONED}, but moved: new Parallel(`],
  [
    detached,
    " is an ArrayBuffer whose memory was moved away before, as transfer does: use another",
  ],
  [detachedView, " is a Uint8Array whose memory was moved away"],
  [
    () => ({
      get bad(): never {
        throw new RangeError("no such thing");
      },
    }),
    ".bad can't be read: no such thing",
  ],
  [() => nest(1100), "[0][0][0]"],
  [() => new WebAssembly.Memory({ initial: 1 }), ` is a Memory, ${CLONED}: send plain data`],
];

/** What a process refuses besides, and what is said of it. */
const LOCAL: readonly [make: () => unknown, text: string][] = [
  [
    () => new SharedArrayBuffer(4),
    " is a SharedArrayBuffer, which can't leave its process: use the " +
    'backend "workers"',
  ],
  [
    () => new Int32Array(new SharedArrayBuffer(4)),
    " is an Int32Array, which can't leave its process",
  ],
  [
    () => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }),
    " is a Memory, which can't leave its process",
  ],
  [
    () => new Blob(["x"]),
    " is a Blob, which can't leave its process: send await blob.bytes(), or use the backend",
  ],
  [
    () => new File(["x"], "n"),
    " is a File, which can't leave its process: send await blob.bytes()",
  ],
  [() => new DOMException("d"), " is a DOMException, which can't leave its process"],
];

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8);
  buffer.transfer();
  return buffer;
}

function detachedView(): Uint8Array {
  const view = new Uint8Array(8);
  view.buffer.transfer();
  return view;
}

function nest(depth: number): unknown {
  let value: unknown = 1;
  for (let n = 0; n < depth; n++) value = [value];
  return value;
}

/** What ends with the test: some of the values are open files or ports. */
function close(value: unknown): void {
  if (value instanceof Deno.FsFile || value instanceof MessagePort) value.close();
  else if (typeof value === "object" && value !== null && Symbol.dispose in value) {
    (value as Disposable)[Symbol.dispose]();
  }
}

Deno.test("prepareArgs() refuses what can't be sent, by name and path, with what to do", async (t) => {
  for (const [make, text] of REFUSED) {
    await t.step(text, () => {
      const value = make();
      assertStringIncludes(refused(value), text);
      assertStringIncludes(
        refused(value, "process"),
        text.replace(/, but moved.*/, "").slice(0, 20),
      );
      assertStringIncludes(refused({ list: [1, value] }), `.list[1]${text}`);
      close(value);
    });
  }
});

Deno.test("prepareArgs() refuses for processes what lives in one process only", async (t) => {
  for (const [make, text] of LOCAL) {
    await t.step(text, () => {
      const value = make();
      assertStringIncludes(refused({ deep: value }, "process"), `.deep${text}`);
      const [copy] = cloneArgs(crawl(value));
      assert(Object.getPrototypeOf(copy) === Object.getPrototypeOf(value), "a thread gets it");
    });
  }
});

Deno.test("cloneArgs() gives what structuredClone gives, and shares shared memory", () => {
  class Point {
    readonly x = 1;
    readonly #y = 2;
    get sum(): number {
      return this.x + this.#y;
    }
  }
  const values = [
    1,
    undefined,
    "a",
    [null, 10n, -0],
    { when: new Date(5), list: [/a/g] },
    new Map([[{ k: 1 }, new Set(["x"])]]),
    new Point(),
    new RangeError("e", { cause: [1] }),
    new Uint8Array([1, 2]),
    new Uint16Array(new ArrayBuffer(8, { maxByteLength: 16 }), 2),
    Object.create(null),
    [1, , 3],
  ];
  assertEquals(cloneArgs(crawl(...values)), structuredClone(values));
  const memory = new Int32Array(new SharedArrayBuffer(4));
  const [copy] = cloneArgs(crawl({ memory }));
  memory[0] = 5;
  assertEquals(copy, { memory });
});

Deno.test("prepareArgs() copies a big buffer once, into one that is moved", () => {
  const buffer = new Uint8Array(1_000_000).fill(7).buffer;
  const value = { bytes: new Uint8Array(buffer, 5), all: [buffer], n: 1 };
  const call = crawl(value, value);
  const { args, transfer } = prepareArgs(call);
  const [first, second] = args as [typeof value, typeof value];
  assert(first === second && first !== value && first.bytes.buffer === first.all[0]);
  assert(transfer.length === 1 && transfer[0] === first.all[0] && first.all[0] !== buffer);
  assertEquals(structuredClone(args, { transfer }), [value, value]);
  assertEquals([buffer.detached, cloneArgs(call)], [false, [value, value]]);
  const resizable = new ArrayBuffer(1_000_000, { maxByteLength: 2_000_000 });
  assertEquals(prepareArgs(crawl(resizable)).transfer, []);
  assertEquals((cloneArgs(crawl(resizable))[0] as ArrayBuffer).maxByteLength, 2_000_000);
});

Deno.test("prepareArgs() leaves big buffers out of what goes to a process", () => {
  const buffer = new ArrayBuffer(1_000_000);
  const call = crawl([new Uint8Array(buffer), buffer, new ArrayBuffer(8)]);
  const { args, transfer, buffers } = prepareArgs(call, { to: "process" });
  assertEquals([args === call.args, transfer, buffers], [true, [], [buffer]]);
});

Deno.test("prepareResult() and cloneResult() refuse alike, and name the task", () => {
  const bad = { list: [1, { url: new URL("https://a/") }] };
  const text =
    "Cannot send the result of crawl back: the result.list[1].url is a URL, which can't " +
    "be cloned: send url.href";
  assertThrows(() => prepareResult(bad, "crawl"), TypeError, text);
  assertThrows(() => prepareResult(bad, "crawl", { to: "process" }), TypeError, text);
  assertThrows(() => cloneResult(bad, "crawl"), TypeError, text);
  assertThrows(() => cloneResult(new Headers(), "crawl"), TypeError, "the result is a Headers");
  const proxy = { proxy: new Proxy([], {}) };
  assertThrows(() => cloneResult(proxy, "crawl"), TypeError, "the result.proxy is a Proxy");
});

Deno.test("cloneResult() tells what of the copy to move on", () => {
  const bytes = new Uint8Array(1_000_000).fill(7);
  const { value, transfer } = cloneResult({ bytes }, "crawl");
  const copy = value as { bytes: Uint8Array };
  assertEquals([copy, bytes.length], [{ bytes }, 1_000_000]);
  assert(transfer.length === 1 && transfer[0] === copy.bytes.buffer);
  assertEquals(cloneResult([1, { a: "b" }], "crawl"), {
    value: [1, { a: "b" }],
    transfer: [],
    buffers: [],
  });
  assertEquals(cloneResult("text", "crawl").value, "text");
});

Deno.test("what is too long for the pipe is refused with what to do", () => {
  const reason = new TooLongError(2 ** 31);
  assertEquals(uncloneableArgs(crawl(1), reason, "process"), reason);
  assertEquals(uncloneableResult(1, "crawl", reason, "process"), reason);
  assertStringIncludes(reason.message, "Send the data in parts");
});

Deno.test("prepareArgs() takes little time for long lists and many calls", () => {
  const list = Array.from({ length: 1_000_000 }, (_, index) => index);
  const call = crawl(list);
  const timeOf = (act: () => unknown) => {
    const times = [1, 2, 3, 4, 5].map(() => {
      const began = performance.now();
      act();
      return performance.now() - began;
    });
    return Math.min(...times);
  };
  // As measured, a tenth; with a text for each index, more than the clone takes.
  assert(timeOf(() => prepareArgs(call)) < timeOf(() => structuredClone(list)));
});
