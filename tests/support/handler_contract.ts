/** What every handler has to do, whatever it writes to. */

import { assertEquals } from "@std/assert";
import {
  getLogger,
  type Handler,
  type HandlerOptions,
  withCleanRootLogger,
} from "@paralog/paralog";

/** A handler under test. */
export interface HandlerSubject {
  /** Makes a new handler that writes to the same place. */
  create(options: HandlerOptions): Handler;
  /** What was written so far; empties the place. Is called once a test. */
  takeLines(): Promise<string[]> | string[];
  /**
   * Why it writes no text of a record, if it does not: then the tests that read its lines are left
   * out, and all others run.
   */
  readonly noText?: string;
}

type Test = (subject: HandlerSubject) => Promise<void> | void;

/** Registers the contract's tests for one handler. */
export function testHandler(
  name: string,
  withSubject: (fn: (subject: HandlerSubject) => Promise<void>) => Promise<void>,
): void {
  const all = { ...LINES, ...FAILURES, ...LIFE };
  for (const [title, fn] of Object.entries(all)) {
    Deno.test(`${name} ${title}`, () =>
      withSubject((subject) => withCleanRootLogger(async () => await fn(subject))));
  }
}

const log = getLogger("contract");

/** Compares what was written, of a handler that writes text. */
async function assertLines(subject: HandlerSubject, expected: readonly string[]): Promise<void> {
  const lines = await subject.takeLines();
  assertEquals(lines, subject.noText === undefined ? expected : []);
}

/** What was reported on stderr while a function ran; everything else is written as ever. */
async function reportsOf(fn: () => void | Promise<void>): Promise<string[]> {
  const reports: string[] = [];
  const { writeSync } = Deno.stderr;
  Deno.stderr.writeSync = (bytes) => {
    const text = new TextDecoder().decode(bytes);
    if (!text.startsWith("--- Logging error ---")) return writeSync.call(Deno.stderr, bytes);
    reports.push(text);
    return bytes.length;
  };
  try {
    await fn();
  } finally {
    Deno.stderr.writeSync = writeSync;
  }
  return reports;
}

/** What reaches a handler, and as what. */
const LINES: Readonly<Record<string, Test>> = {
  "writes each record as a line, in order": async (subject) => {
    log.addHandler(subject.create({ formatter: "%(levelname)s %(message)s" }));
    log.warn("one");
    log.error("zwei ä 漢 🦕");
    log.critical("three");
    await log.handlers[0]?.flush();
    await assertLines(subject, ["WARN one", "ERROR zwei ä 漢 🦕", "CRITICAL three"]);
  },

  "writes the message alone when it has no formatter": async (subject) => {
    log.addHandler(subject.create({}));
    log.warn("one");
    await log.handlers[0]?.flush();
    await assertLines(subject, ["one"]);
  },

  "heeds its level and its filters, also when they change": async (subject) => {
    const handler = subject.create({ level: "ERROR", filters: [(record) => record.msg !== "no"] });
    log.addHandler(handler);
    log.warn("too low");
    log.error("no");
    log.error("yes");
    handler.setLevel("WARN");
    handler.addFilter((record) => ({ ...record, msg: `[${record.msg}]` }));
    log.warn("changed");
    await handler.flush();
    await assertLines(subject, ["yes", "[changed]"]);
  },
};

/** What goes wrong is reported on stderr, once a row, and never thrown. */
const FAILURES: Readonly<Record<string, Test>> = {
  "reports a formatter that throws once a row, and goes on": async (subject) => {
    const handler = subject.create({
      formatter: (record) => {
        if (record.msg === "bad") throw new Error("formatter failed");
        return record.msg;
      },
    });
    log.addHandler(handler);
    const reports = await reportsOf(async () => {
      for (const message of ["one", "bad", "bad", "two", "bad"]) log.warn(message);
      await handler.flush();
    });
    await assertLines(subject, ["one", "two"]);
    if (subject.noText !== undefined) return;
    assertEquals(reports.length, 2);
    for (const report of reports) {
      assertEquals([report.includes("formatter failed"), report.includes("WARN:contract:bad")], [
        true,
        true,
      ]);
    }
  },

  "reports an emit() that throws once a row, and goes on": async (subject) => {
    const handler = subject.create({});
    log.addHandler(handler);
    const emit = handler.emit.bind(handler);
    handler.emit = (record) => {
      if (record.msg === "bad") throw new Error("emit failed");
      emit(record);
    };
    const reports = await reportsOf(async () => {
      for (const message of ["one", "bad", "bad", "bad", "two"]) log.warn(message);
      await handler.flush();
    });
    await assertLines(subject, ["one", "two"]);
    assertEquals(reports.length, 1);
    assertEquals(reports[0]?.includes("emit failed"), true);
    assertEquals(reports[0]?.includes("WARN:contract:bad"), true);
  },

  "reports an asynchronous emit() that rejects": async (subject) => {
    const handler = subject.create({});
    const emit = handler.emit.bind(handler);
    handler.emit = async (record) => {
      await Promise.resolve();
      if (record.msg === "bad") throw new Error("emit rejected");
      emit(record);
    };
    const { promise: failed, resolve } = Promise.withResolvers<unknown>();
    handler.handleError = (_record, error) => resolve(error);
    log.addHandler(handler);
    log.warn("bad");
    assertEquals(await failed, new Error("emit rejected"));
  },

  "reports without control characters what it could not handle": async (subject) => {
    const handler = subject.create({});
    handler.emit = () => fail("emit failed \x1b[2J");
    log.addHandler(handler);
    const reports = await reportsOf(() => log.warn("\x1b]0;title\x07\rforged"));
    const isControl = (character: string) => character !== "\n" && character < " ";
    assertEquals(reports.map((report) => [...report].some(isControl)), [false]);
  },

  "reports a filter that throws, and goes on": async (subject) => {
    const handler = subject.create({
      filters: [(record) => {
        if (record.msg === "bad") throw new Error("filter failed");
        return true;
      }],
    });
    log.addHandler(handler);
    const reports = await reportsOf(async () => {
      for (const message of ["bad", "one"]) log.warn(message);
      await handler.flush();
    });
    await assertLines(subject, ["one"]);
    assertEquals(reports.map((report) => report.includes("filter failed")), [true]);
  },

  "hands what goes wrong to its handleError()": async (subject) => {
    const handler = subject.create({ filters: [() => fail("filter failed")] });
    const seen: unknown[] = [];
    handler.handleError = (record, error) => seen.push(record.msg, error);
    log.addHandler(handler);
    assertEquals(await reportsOf(() => log.warn("one")), []);
    assertEquals(seen, ["one", new Error("filter failed")]);
  },
};

/** Flushing and closing. */
const LIFE: Readonly<Record<string, Test>> = {
  "can be flushed at any time, more than once": async (subject) => {
    const handler = subject.create({});
    await handler.flush();
    log.addHandler(handler);
    log.warn("one");
    await handler.flush();
    await handler.flush();
    await handler.close();
    await handler.flush();
    await assertLines(subject, ["one"]);
  },

  "can be closed without having been used": async (subject) => {
    const handler = subject.create({});
    await handler.close();
    await assertLines(subject, []);
  },

  "can be closed twice, and writes again when it is used again": async (subject) => {
    const handler = subject.create({});
    log.addHandler(handler);
    log.warn("one");
    await handler.close();
    await handler.close();
    log.warn("two");
    await handler.close();
    await assertLines(subject, ["one", "two"]);
  },

  "has written everything when its realm has ended": async (subject) => {
    await withCleanRootLogger(() => {
      log.addHandler(subject.create({}));
      for (let n = 0; n < 1000; n++) log.warn("line %d", n);
    });
    await assertLines(subject, Array.from({ length: 1000 }, (_, n) => `line ${n}`));
  },

  "writes again in another realm when its own has ended": async (subject) => {
    const handler = subject.create({});
    for (const message of ["one", "two"]) {
      await withCleanRootLogger(() => {
        log.addHandler(handler);
        log.warn(message);
      });
    }
    await assertLines(subject, ["one", "two"]);
  },
};

function fail(message: string): never {
  throw new Error(message);
}
