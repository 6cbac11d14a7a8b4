import { assertEquals, assertThrows } from "@std/assert";
import {
  basicConfig,
  type BasicConfigOptions,
  getLogger,
  PrefixFilter,
  withCleanRootLogger,
} from "@paralog/paralog/logging";
import { ListHandler } from "../../../src/testing/list_handler.ts";
import { runDeno } from "../../support/run_deno.ts";

function test(name: string, fn: () => void | Promise<void>): void {
  Deno.test(name, () => withCleanRootLogger(fn));
}

test("basicConfig() does nothing when the root has handlers, unless forced", () => {
  const [first, second, third] = [new ListHandler(), new ListHandler(), new ListHandler()];
  let closed = false;
  first.close = () => void (closed = true);
  basicConfig({ level: "INFO", handlers: [first] });
  basicConfig({ level: "DEBUG", handlers: [second] });
  assertEquals([getLogger().handlers, getLogger().level, closed], [[first], 20, false]);
  basicConfig({ level: "DEBUG", handlers: [third], force: true });
  assertEquals([getLogger().handlers, getLogger().level, closed], [[third], 10, true]);
});

test("basicConfig() keeps the level when none is given", () => {
  getLogger().setLevel("ERROR");
  basicConfig({ handlers: [] });
  assertEquals(getLogger().level, 40);
});

test("basicConfig() gives its format to handlers that have none of their own", () => {
  const plain = new ListHandler();
  const own = new ListHandler({ formatter: "own %(message)s" });
  basicConfig({ handlers: new Set([plain, own]), format: ({ loggerName }) => `by ${loggerName}` });
  getLogger().warn("x");
  assertEquals([plain.lines, own.lines], [["by root"], ["own x"]]);
});

test("basicConfig() writes to a file, appending or emptying it first", async () => {
  const filename = await Deno.makeTempFile();
  await withCleanRootLogger(() => {
    basicConfig({ filename, filemode: "w", format: "%(message)s" });
    getLogger().warn("one");
  });
  await withCleanRootLogger(() => {
    basicConfig({ filename });
    getLogger().warn("two");
  });
  assertEquals(await Deno.readTextFile(filename), "one\nWARN:root:two\n");
  await Deno.remove(filename);
});

test("basicConfig() shapes lines by the options of Formatter", async () => {
  const filename = await Deno.makeTempFile();
  const configs: BasicConfigOptions[] = [
    { style: "{", format: "{levelname:>8} {message}" },
    { style: "$" },
    { style: "{", defaults: { user: "nobody" }, format: "{user} {message}" },
    { datefmt: "%Y", utc: true, format: "%(asctime)s" },
    { singleLine: true, format: "%(message)s" },
    { validate: false, format: "no field" },
  ];
  for (const config of configs) {
    await withCleanRootLogger(() => {
      basicConfig({ filename, encoding: "utf-8", ...config });
      getLogger("app").warn("one\ntwo");
    });
  }
  assertEquals((await Deno.readTextFile(filename)).trimEnd().split("\n"), [
    ...["    WARN one", "two", "WARN:app:one", "two", "nobody one", "two"],
    ...[`${new Date().getUTCFullYear()}`, "one\\ntwo", "no field"],
  ]);
  await Deno.remove(filename);
});

test("basicConfig() refuses bad options before it changes anything", () => {
  const bad: [unknown, string][] = [
    [{ levle: "INFO" }, 'unknown option "levle", allowed are level, format'],
    [{ level: "LOUD" }, 'Cannot use "LOUD" as a level'],
    [{ stream: "stderr", filename: "x" }, "with stream and filename: give one of them"],
    [{ filename: "x", handlers: [] }, "with filename and handlers"],
    [{ filemode: "w" }, "it goes with filename"],
    [{ encoding: "utf-8" }, "with encoding: it goes with filename"],
    [{ filename: "x", encoding: "latin-1" }, "encoding"],
    [{ datefmt: "%Y", format: () => "" }, "with datefmt: it goes with a pattern"],
    [{ style: "percent" }, "style"],
    [{ stream: "stdlog" }, 'Cannot write to stream "stdlog"'],
    [{ filename: "x", filemode: "r" }, 'in mode "r"'],
    [{ handlers: 5 }, "Cannot add 5 as handlers"],
    [{ handlers: [{}] }, "as a handler"],
    [{ format: "no field" }, "it names no field"],
    [{ filename: "/proc/no/such/x.log" }, "No such file or directory"],
  ];
  for (const [options, text] of bad) {
    assertThrows(() => basicConfig(options as BasicConfigOptions), Error, text);
  }
  assertEquals([getLogger().handlers, getLogger().level], [[], 30]);
});

Deno.test("basicConfig() and lastResort print what Python prints", async () => {
  const ours = await runDeno(["run", "tests/programs/last_resort.ts"]);
  const python = await new Deno.Command("python3", {
    args: [
      "-c",
      `
import logging
logging.addLevelName(30, "WARN")
logging.getLogger().info("too low for the root")
log = logging.getLogger("app")
log.info("too low for the last resort")
log.warning("the last resort writes %s", "the message alone")
logging.basicConfig(level="INFO")
log.info("one")
logging.getLogger().error("two")
logging.basicConfig(level="DEBUG", format="%(message)s")
log.debug("not configured again")
logging.basicConfig(level="DEBUG", format="%(levelname)-8s|%(message)s", force=True)
log.debug("configured again")
`,
    ],
  }).output();
  const expected = new TextDecoder().decode(python.stderr);
  assertEquals(ours, { code: 0, stdout: "", stderr: expected });
});

test("a prefix filter on the root is seen by the root's own records alone, as in Python", () => {
  const handler = new ListHandler();
  basicConfig({ handlers: [handler], format: "%(message)s" });
  getLogger().addFilter(new PrefixFilter("p "));
  getLogger().warn("root");
  getLogger("app").warn("child");
  assertEquals(handler.lines, ["p root", "child"]);
});
