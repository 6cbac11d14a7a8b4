/** Tasks that log, and say in shared memory how far they are. */

import { setImmediate } from "node:timers";
import process from "node:process";
import { basicConfig, getLogger, Parallel, task, withContext } from "@paralog/paralog";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { SharedCount } from "./shared_count.ts";

const log = getLogger("relay");

export const logNumbers = task(import.meta, function logNumbers(count: number) {
  for (let n = 0; n < count; n++) log.info("record %d", n);
});

/** Logs when as many tasks have begun as shall log at the same time. */
export const logTogether = task(
  import.meta,
  function logTogether(count: number, begun: SharedArrayBuffer, parties: number) {
    const meeting = new SharedCount(begun);
    meeting.add();
    meeting.blockUntil(parties, `${parties} tasks to begin`);
    for (let n = 0; n < count; n++) log.info("%d of %d", n, count);
  },
);

/** Logs, and blocks its thread as `while (true) {}` does. */
export const logAndSpin = task(
  import.meta,
  function logAndSpin(count: number, state: SharedArrayBuffer, stop: SharedArrayBuffer) {
    const spinning = new SharedCount(state);
    for (let n = 0; n < count; n++) log.info("record %d", n);
    spinning.add();
    new SharedCount(stop).spinUntil(1);
    spinning.add();
  },
);

/** Where the counting tasks say how far they are. */
export interface Counting {
  /** Grows after each log call. */
  readonly counted: SharedArrayBuffer;
  /** Grows when so many records are logged as `at` says. */
  readonly reached: SharedArrayBuffer;
  readonly at: number;
  /** Grows when all is logged. */
  readonly done: SharedArrayBuffer;
}

function countCall(n: number, { counted, reached, at }: Counting): void {
  log.info("record %d", n);
  Atomics.add(new Int32Array(counted), 0, 1);
  if (n + 1 === at) new SharedCount(reached).add();
}

export const countInLoop = task(
  import.meta,
  function countInLoop(count: number, counting: Counting) {
    for (let n = 0; n < count; n++) countCall(n, counting);
    new SharedCount(counting.done).add();
  },
);

export const countAndAwait = task(
  import.meta,
  async function countAndAwait(count: number, counting: Counting) {
    for (let n = 0; n < count; n++) {
      countCall(n, counting);
      await new Promise((resolve) => setImmediate(resolve));
    }
    new SharedCount(counting.done).add();
  },
);

/** What ends a worker, or at least its task. */
const ENDS = {
  "Deno.exit(1)": () => Deno.exit(1),
  "process.exit(2)": () => process.exit(2),
  "self.close()": () => self.close(),
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

export const logAndEnd = task(
  import.meta,
  async function logAndEnd(end: End, count: number, ending: SharedArrayBuffer) {
    for (let n = 0; n < count; n++) log.info("record %d", n);
    new SharedCount(ending).add();
    ENDS[end]();
    await new Promise(() => {}); // If the worker lives, nobody waits for this.
  },
);

/** Logs those numbers of a row that are its own, each when the one before it was logged. */
export const logInTurn = task(
  import.meta,
  function logInTurn(own: readonly number[], turn: SharedArrayBuffer, begun: SharedArrayBuffer) {
    const logged = new SharedCount(turn);
    new SharedCount(begun).add();
    for (const n of own) {
      logged.blockUntil(n);
      log.info("record %d", n);
      logged.add();
    }
  },
);

export const logInContext = task(import.meta, async function logInContext(user: string) {
  log.info("outside");
  await withContext({ user }, async () => {
    await Promise.resolve();
    log.info("inside", { own: 1 });
  });
});

/** Leaves code behind that logs after its end. */
export const logLater = task(import.meta, function logLater(count: number, go: SharedArrayBuffer) {
  log.info("record %d", -1);
  const later = async () => {
    await new SharedCount(go).until(1);
    for (let n = 0; n < count; n++) log.info("record %d", n);
  };
  later();
});

/** Has tasks of its own that log. */
export const nestedLogs = task(
  import.meta,
  async function nestedLogs(nJobs: number, counts: readonly number[]) {
    log.info("before");
    await new Parallel(nJobs).map(logNumbers, counts);
    log.info("after");
  },
);

/** Handles its records itself, and does not end. */
export const logToOwnAndStay = task(
  import.meta,
  async function logToOwnAndStay(count: number, logged: SharedArrayBuffer) {
    basicConfig({ level: "INFO", handlers: [new ListHandler()] });
    for (let n = 0; n < count; n++) log.info("record %d", n);
    new SharedCount(logged).add();
    await new Promise(() => {}); // The worker is terminated.
  },
);

/** Logs numbered records, and says when it begins and when it is done. */
export const logNow = task(
  import.meta,
  function logNow(count: number, begun: SharedArrayBuffer, done: SharedArrayBuffer) {
    new SharedCount(begun).add();
    for (let n = 0; n < count; n++) log.info("%d of %d", n, count);
    new SharedCount(done).add();
  },
);

/** Logs numbered records with long messages when all have begun, and says when it is done. */
export const logLong = task(
  import.meta,
  function logLong(
    count: number,
    length: number,
    { begun, parties }: { begun: SharedArrayBuffer; parties: number },
    done: SharedArrayBuffer,
  ) {
    const text = "x".repeat(length);
    const meeting = new SharedCount(begun);
    meeting.add();
    meeting.blockUntil(parties, `${parties} threads to begin`);
    for (let n = 0; n < count; n++) log.info("%d %s", n, text);
    new SharedCount(done).add();
  },
);

/** Where a task that stays says how far it is. */
export interface Staying {
  readonly begun: SharedArrayBuffer;
  readonly logged: SharedArrayBuffer;
  readonly stop: SharedArrayBuffer;
  /** What it prints when all of them have logged. */
  readonly says?: string;
}

/** Logs, and ends only when it is told to. */
export const logAndStay = task(
  import.meta,
  async function logAndStay(count: number, { begun, logged, stop, says }: Staying) {
    new SharedCount(begun).add();
    new SharedCount(begun).blockUntil(2);
    for (let n = 0; n < count; n++) log.info("record %d", n);
    new SharedCount(logged).add();
    if (says !== undefined) {
      new SharedCount(logged).blockUntil(2);
      Deno.stdout.writeSync(new TextEncoder().encode(`${says}\n`)); // Not through the main thread.
    }
    await Atomics.waitAsync(new Int32Array(stop), 0, 0).value;
  },
);

/** Logs messages of those lengths. */
export const logInSizes = task(import.meta, function logInSizes(sizes: readonly number[]) {
  for (const size of sizes) log.info("x".repeat(size));
});

/** Logs at a level that is given by its number. */
export const logLevel = task(import.meta, function logLevel(level: number) {
  log.log(level, "at level %d", level);
});

/** Logs a text as the argument of a message. */
export const logText = task(import.meta, function logText(length: number) {
  log.warn("a text: %s", "x".repeat(length));
});
