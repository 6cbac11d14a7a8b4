import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { captureConsole, getLogger, withCleanRootLogger } from "@paralog/paralog/logging";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { linesOf, runDeno } from "../support/run_deno.ts";

Deno.test("captureConsole() makes records of what is written, until it is disposed", () =>
  withCleanRootLogger(() => {
    const handler = new ListHandler({ formatter: "%(levelname)s %(name)s %(message)s" });
    getLogger().addHandler(handler);
    getLogger().setLevel("DEBUG");
    const { log } = console;
    const captured = captureConsole({ logger: "lib" });
    console.debug("a");
    console.log("took %d ms, 100%", 12, { a: 1 });
    console.info("c");
    console.warn("d");
    console.error("e", new Error("why"), "100%");
    console.dir({ f: 1 });
    console.trace("g");
    captured[Symbol.dispose]();
    captured[Symbol.dispose]();
    assertStrictEquals(console.log, log);
    assertEquals(handler.records.map(({ levelName, name, msg }) => `${levelName} ${name} ${msg}`), [
      "DEBUG lib a",
      "INFO lib took 12 ms, 100% { a: 1 }",
      "INFO lib c",
      "WARN lib d",
      "ERROR lib e Error: why 100%",
      "INFO lib { f: 1 }",
      "DEBUG lib Trace: g",
    ]);
    assertEquals(handler.records[4]?.error?.message, "why");
    assert(handler.records[6]?.stack?.includes("capture_console_test.ts"));
  }));

Deno.test("captureConsole() captures in its own realm alone", () =>
  withCleanRootLogger(async () => {
    const handler = new ListHandler();
    getLogger().addHandler(handler);
    using _ = captureConsole();
    const printed: string[] = [];
    await withCleanRootLogger(() => {
      using _ = captureConsole();
      const inner = new ListHandler();
      getLogger().addHandler(inner);
      console.warn("inner");
      printed.push(...inner.lines);
    });
    console.warn("outer");
    assertEquals([printed, handler.lines], [["inner"], ["outer"]]);
  }));

Deno.test("captureConsole() prints what handlers write to the console, without a loop", async () => {
  const { code, stdout } = await runDeno(["run", "tests/programs/capture_console.ts"]);
  assertEquals(linesOf(stdout).filter((line) => !line.startsWith("    at ")), [
    "printed: INFO console took 12 ms { a: 1 }",
    "INFO took 12 ms { a: 1 }",
    "printed: ERROR console failed 100% RangeError: too far",
    "ERROR failed 100% RangeError: too far",
    "RangeError: too far",
    "printed: ERROR console Assertion failed: not so",
    "ERROR Assertion failed: not so",
    "printed: INFO console x: 1",
    "INFO x: 1",
    "printed: ERROR app logged, not printed",
    "ERROR logged, not printed",
    "later: took 12 ms { a: 1 }",
    "later: failed 100% RangeError: too far",
    "later: Assertion failed: not so",
    "later: x: 1",
    "later: logged, not printed",
    "no longer captured",
  ]);
  assertEquals(code, 0);
});

Deno.test("captureConsole() makes records of tables, counts and groups", () =>
  withCleanRootLogger(() => {
    const handler = new ListHandler();
    getLogger().addHandler(handler);
    getLogger().setLevel("INFO");
    using _ = captureConsole();
    console.group("outer");
    console.count();
    console.log("inside\nindented");
    console.groupEnd();
    console.assert(false, "%s is", 3);
    console.dir({ a: { b: 1 } }, { depth: 0 });
    console.table([{ a: 1 }]);
    assertEquals(handler.records.slice(0, -1).map(({ msg }) => msg), [
      "outer",
      "  default: 1",
      "  inside\n  indented",
      "Assertion failed: 3 is",
      "{ a: [Object] }",
    ]);
    assert(handler.records.at(-1)?.msg.includes("│ a │"), handler.records.at(-1)?.msg);
  }));

Deno.test("captureConsole() makes no loop with a filter that prints", () =>
  withCleanRootLogger(() => {
    const handler = new ListHandler();
    getLogger().addHandler(handler);
    const printed: unknown[] = [];
    const { log } = console;
    console.log = (text) => printed.push(text);
    try {
      using _ = captureConsole();
      getLogger("console").addFilter(() => {
        console.log("from a filter");
        return true;
      });
      console.warn("captured");
    } finally {
      console.log = log;
    }
    assertEquals([printed, handler.lines], [["from a filter"], ["captured"]]);
  }));
