/** Tasks that the tests run in processes: they log, and come to their end in all ways. */

import { closeSync, writeSync } from "node:fs";
import { setImmediate } from "node:timers";
import process from "node:process";
import { basicConfig, getLogger, type Handler, NullHandler, task } from "@paralog/paralog";

const log = getLogger("process");

export const logNumbers = task(import.meta, function logNumbers(count: number, from = 0) {
  for (let n = from; n < from + count; n++) log.info("record %d", n);
  return Deno.pid;
});

/** More than any process of a test writes before it is killed. */
const MANY = 1_000_000;

/** A file that grows by a byte whenever a log call has returned; it says so also after a SIGKILL. */
class CallCounter implements Disposable {
  readonly #file: Deno.FsFile;

  constructor(path: string) {
    this.#file = Deno.openSync(path, { append: true, create: true });
  }

  add(): void {
    this.#file.writeSync(new Uint8Array(1));
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

export const countInLoop = task(import.meta, function countInLoop(path: string, ending?: number) {
  using counter = new CallCounter(path);
  for (let n = 0; n < MANY; n++) {
    log.info("record %d", n, { text: "x".repeat(n % 500) });
    counter.add();
    if (n + 1 === ending) Deno.kill(Deno.pid, "SIGKILL");
  }
});

export const countAndAwait = task(
  import.meta,
  async function countAndAwait(path: string, ending?: number) {
    using counter = new CallCounter(path);
    for (let n = 0; n < MANY; n++) {
      log.info("record %d", n);
      counter.add();
      if (n + 1 === ending) Deno.kill(Deno.pid, "SIGKILL");
      await new Promise((resolve) => setImmediate(resolve));
    }
  },
);

/** What ends a process, or at least its task. */
const ENDS = {
  "Deno.exit(1)": () => Deno.exit(1),
  "process.exit(2)": () => process.exit(2),
  "self.close()": () => self.close(),
  "process.abort()": () => process.abort(),
  "SIGTERM": () => Deno.kill(Deno.pid, "SIGTERM"),
  "an error in a timer": () =>
    setTimeout(() => {
      throw new RangeError("in a timer");
    }),
  "an error in a microtask": () =>
    queueMicrotask(() => {
      throw new TypeError("in a microtask");
    }),
  "an unhandled rejection": () => void Promise.reject(new SyntaxError("nobody listens")),
} as const;

export type End = keyof typeof ENDS;

export const logAndEnd = task(import.meta, async function logAndEnd(end: End, count: number) {
  for (let n = 0; n < count; n++) log.info("record %d", n);
  ENDS[end]();
  await new Promise((resolve) => setTimeout(resolve, 60_000)); // Nobody waits for this.
});

/** Closes what its process sends everything through. */
export const closePipe = task(import.meta, function closePipe(count: number) {
  for (let n = 0; n < count; n++) log.info("record %d", n);
  closeSync(3);
  log.info("record %d", count);
});

/** Takes memory until there is none. */
export const eatMemory = task(import.meta, function eatMemory() {
  const kept: unknown[] = [];
  for (let n = 0;; n++) {
    log.info("record %d", n);
    kept.push(new Array(10_000).fill(n).map((_, index) => ({ index })));
  }
});

/** Prints, with whole lines of its own on stdout and stderr, and logs. */
export const print = task(import.meta, function print(lines: number, length: number) {
  for (let n = 0; n < lines; n++) {
    console.log(`out ${n} ${"o".repeat(length)}`);
    if (n % 10 === 0) console.error(`err ${n}`);
    log.info("record %d", n);
  }
});

/** Leaves a process behind that has all descriptors of this one. */
export const leaveChild = task(import.meta, function leaveChild(count: number) {
  const { pid } = new Deno.Command("sleep", { args: ["30"], stdin: "null" }).spawn();
  log.info("record %d", pid);
  for (let n = 0; n < count; n++) log.info("record %d", n);
  Deno.exit(5);
});

export const spinForever = task(import.meta, function spinForever() {
  log.info("record %d", 0);
  while (true);
});

/** Logs whether a level is enabled, and once more when it has changed. */
export const watchLevel = task(import.meta, async function watchLevel() {
  const before = log.isEnabledFor("DEBUG");
  log.info("before: %s", before);
  while (log.isEnabledFor("DEBUG") === before) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  log.debug("after: %s", log.isEnabledFor("DEBUG"));
});

/** Logs the time between two moments at which others log too. */
export const logForAWhile = task(import.meta, async function logForAWhile(count: number) {
  for (let n = 0; n < count; n++) {
    log.info("record %d", n);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
});

/** Configures handlers of its own: one takes all but every third record, of which a filter knows. */
export const logToOwnHandlers = task(import.meta, function logToOwnHandlers(count: number) {
  const handler: Handler = new NullHandler();
  basicConfig({ level: "INFO", handlers: [handler] });
  log.addFilter(({ args }) => Number(args[0]) % 3 !== 0);
  for (let n = 0; n < count; n++) log.info("record %d", n);
});

export const returnBlob = task(import.meta, function returnBlob() {
  return { parts: [new Blob(["x"])] };
});

export const failWithBlob = task(import.meta, function failWithBlob() {
  throw Object.assign(new RangeError("with a blob"), { blob: new Blob(["x"]), shared: 5 });
});

export const echo = task(import.meta, function echo(value: unknown) {
  return value;
});

export const logText = task(import.meta, function logText(text: string) {
  log.info(text);
});

export const whereItRuns = task(import.meta, function whereItRuns(name: string) {
  const stdin = Deno.stdin.readSync(new Uint8Array(1));
  return { cwd: Deno.cwd(), env: Deno.env.get(name), stdin };
});

export const logAndSleep = task(import.meta, async function logAndSleep() {
  log.info("record %d", 0);
  await new Promise((resolve) => setTimeout(resolve, 60_000)); // It is ended before.
});

/** Writes bytes of its own where only its process should. */
export const writeStray = task(import.meta, function writeStray(bytes: Uint8Array) {
  log.info("record %d", 0);
  writeSync(3, bytes);
  return bytes.length;
});

/** Ends, and leaves a process behind that writes into the pipe of this one for ever. */
export const leaveWriter = task(import.meta, async function leaveWriter(command: string) {
  log.info("record %d", 0);
  new Deno.Command("sh", { args: ["-c", command], stdin: "null", stderr: "null" }).spawn();
  await new Promise((resolve) => setTimeout(resolve, 500)); // By then it writes.
  Deno.exit(5);
});

/** Logs until nobody reads that any more. */
export const logForever = task(import.meta, function logForever() {
  while (true) log.info("record %d", 0);
});
