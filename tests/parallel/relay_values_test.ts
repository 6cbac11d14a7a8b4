/** Whatever is logged: the line that the caller's formatter makes is the same inline and in workers. */

import { assertEquals } from "@std/assert";
import {
  delayed,
  Formatter,
  type FormatterLike,
  getLogger,
  JsonFormatter,
  LogfmtFormatter,
  type LogRecord,
  Parallel,
  PinoFormatter,
  PrettyFormatter,
  withCleanRootLogger,
  withContext,
} from "@paralog/paralog";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { withPatience } from "../../src/testing/patience.ts";
import { LARGE_VALUES, logLarge, logOdd, ODD_VALUES } from "../support/odd_values.ts";
import { assertAllWritten } from "../support/record_counts.ts";
import { logText } from "../support/relay_tasks.ts";

/** Not every record has the field. */
const DEFAULTS = { defaults: { value: "none" } };

const FORMATTERS: Readonly<Record<string, () => FormatterLike>> = {
  pattern: () =>
    new Formatter(
      "%(levelname)s %(name)s %(message)s | %(value)s | %(value)r | %(args)s",
      DEFAULTS,
    ),
  braces: () => new Formatter("{message} {value} {value!r}", { style: "{", ...DEFAULTS }),
  json: () => new JsonFormatter(),
  logfmt: () => new LogfmtFormatter(),
  pino: () => new PinoFormatter(),
  pretty: () => new PrettyFormatter(),
};

/** The same record wherever and whenever it was logged. */
const placeless = (record: LogRecord): LogRecord => ({
  ...record,
  time: 0,
  seq: 1,
  processName: "anywhere",
});

/** Runs a call with a handler of each formatter, and gives the lines that they make. */
async function linesOf(
  backend: "inline" | "workers",
  run: (parallel: Parallel) => Promise<unknown>,
  formatters = FORMATTERS,
): Promise<Record<string, string[]>> {
  return await withCleanRootLogger(async () => {
    const handlers = Object.entries(formatters).map(([name, make]) => {
      const handler = new ListHandler({ formatter: make(), filters: [placeless] });
      getLogger().addHandler(handler);
      return [name, handler] as const;
    });
    getLogger().setLevel("INFO");
    const parallel = new Parallel(1, { backend });
    await withPatience(run(parallel), "the end of the run");
    assertAllWritten(parallel, handlers[0]?.[1].records.length ?? 0);
    return Object.fromEntries(handlers.map(([name, { lines }]) => [name, lines]));
  });
}

Deno.test("a line is the same inline and in a worker, whatever value was logged", async (t) => {
  for (const name of Object.keys(ODD_VALUES)) {
    await t.step(name, async () => {
      const run = (parallel: Parallel) => parallel.run([delayed(logOdd)(name)]);
      const [inline, workers] = [await linesOf("inline", run), await linesOf("workers", run)];
      assertEquals(workers, inline);
      const count = inline.pattern?.length;
      assertEquals(count, ODD_VALUES[name]?.() instanceof Error ? 5 : 4);
    });
  }
});

/** A text as its length and hash, for a difference of megabytes is no help. */
async function digest(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `${text.length} characters, ${new Uint8Array(hash).toHex()}`;
}

Deno.test("a line is the same inline and in a worker, however large the value is", async (t) => {
  const formatters = { pattern: () => "%(message)s %(value)s", json: () => new JsonFormatter() };
  for (const name of Object.keys(LARGE_VALUES)) {
    await t.step(name, async () => {
      const run = (parallel: Parallel) => parallel.run([delayed(logLarge)(name)]);
      const digests = async (backend: "inline" | "workers") => {
        const lines = await linesOf(backend, run, formatters);
        return await Promise.all(Object.values(lines).flat().map(digest));
      };
      const inline = await digests("inline");
      assertEquals(await digests("workers"), inline);
      assertEquals(inline.length, 4);
    });
  }
});

Deno.test("a message of 10 MB arrives whole", async () => {
  await withCleanRootLogger(async () => {
    const handler = new ListHandler();
    getLogger().addHandler(handler);
    const parallel = new Parallel(1, { backend: "workers" });
    await parallel.run([delayed(logLarge)("10 MB")]);
    const [message, beside] = handler.records;
    assertEquals(message?.msg.length, 10_000_000);
    assertEquals(String(beside?.extra?.value).length, 10_000_000);
    assertAllWritten(parallel, 2);
  });
});

Deno.test("a message of 10 MB arrives whole that was written in as an argument, which is sent as well", async () => {
  await withCleanRootLogger(async () => {
    const handler = new ListHandler();
    getLogger().addHandler(handler);
    const parallel = new Parallel(1, { backend: "workers" });
    await parallel.run([delayed(logText)(10_000_000)]);
    assertEquals(handler.records[0]?.msg.length, "a text: ".length + 10_000_000);
    assertEquals(String(handler.records[0]?.args[0]).length, 10_000_000);
    assertAllWritten(parallel, 1);
  });
});

Deno.test("a line is the same inline and in a worker when the context holds odd values", async () => {
  const names = ["a function", "a cycle", "a Map", "a BigInt", "a getter that throws"];
  const context = Object.fromEntries(names.map((name) => [name, ODD_VALUES[name]?.()]));
  const run = (parallel: Parallel) =>
    withContext(context, () => parallel.run([delayed(logOdd)("an empty text")]));
  assertEquals(await linesOf("workers", run), await linesOf("inline", run));
});
