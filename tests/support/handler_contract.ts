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
  /** What was written so far; empties the place. */
  takeLines(): Promise<string[]> | string[];
}

/** Registers the contract's tests for one handler. */
export function testHandler(
  name: string,
  withSubject: (fn: (subject: HandlerSubject) => Promise<void>) => Promise<void>,
): void {
  const test = (title: string, fn: (subject: HandlerSubject) => Promise<void> | void) =>
    Deno.test(`${name}: ${title}`, () =>
      withSubject((subject) => withCleanRootLogger(async () => await fn(subject))));
  const log = getLogger("contract");

  test("writes each record as a line, in order", async (subject) => {
    log.addHandler(subject.create({ formatter: "%(levelname)s %(message)s" }));
    log.warn("one");
    log.error("zwei ä 漢 🦕");
    log.critical("three");
    await log.handlers[0]?.flush();
    assertEquals(await subject.takeLines(), ["WARN one", "ERROR zwei ä 漢 🦕", "CRITICAL three"]);
  });

  test("writes the message alone when it has no formatter", async (subject) => {
    log.addHandler(subject.create({}));
    log.warn("one");
    await log.handlers[0]?.flush();
    assertEquals(await subject.takeLines(), ["one"]);
  });

  test("heeds its level and its filters", async (subject) => {
    const handler = subject.create({ level: "ERROR", filters: [(record) => record.msg !== "no"] });
    log.addHandler(handler);
    log.warn("too low");
    log.error("no");
    log.error("yes");
    handler.setLevel("WARN");
    handler.addFilter((record) => ({ ...record, msg: `[${record.msg}]` }));
    log.warn("changed");
    await handler.flush();
    assertEquals(await subject.takeLines(), ["yes", "[changed]"]);
  });

  test("reports a row of failures once, and goes on", async (subject) => {
    const reported: string[] = [];
    const handler = subject.create({
      formatter: (record) => {
        if (record.msg === "bad") throw new Error("formatter failed");
        return record.msg;
      },
    });
    const handleError = handler.handleError.bind(handler);
    const { error } = console;
    handler.handleError = (record, cause) => {
      console.error = (text: string) => reported.push(text);
      try {
        handleError(record, cause);
      } finally {
        console.error = error;
      }
    };
    log.addHandler(handler);
    for (const message of ["one", "bad", "bad", "two", "bad"]) log.warn(message);
    await handler.flush();
    assertEquals(await subject.takeLines(), ["one", "two"]);
    assertEquals(
      reported.map((text) =>
        text.includes("formatter failed") && text.includes("WARN:contract:bad")
      ),
      [true, true],
    );
  });

  test("can be closed twice, and writes again when it is used again", async (subject) => {
    const handler = subject.create({});
    log.addHandler(handler);
    log.warn("one");
    await handler.close();
    await handler.close();
    log.warn("two");
    await handler.close();
    assertEquals(await subject.takeLines(), ["one", "two"]);
  });

  test("has written everything when its realm has ended", async (subject) => {
    await withCleanRootLogger(() => {
      log.addHandler(subject.create({}));
      for (let n = 0; n < 1000; n++) log.warn("line %d", n);
    });
    const lines = await subject.takeLines();
    assertEquals([lines.length, lines[0], lines.at(-1)], [1000, "line 0", "line 999"]);
  });
}
