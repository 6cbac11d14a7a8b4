import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LEVELS } from "@paralog/paralog/logging";
import { serializeError } from "../../../src/logging/errors.ts";
import { PinoFormatter } from "../../../src/logging/formatters/pino.ts";
import { runDeno } from "../../support/run_deno.ts";
import { recordOf } from "../../support/records.ts";

const RECORD = recordOf("took 12 ms", {
  level: 20,
  levelName: "INFO",
  time: 1_700_000_000_007.9,
  seq: 3,
  extra: { jobId: 7 },
});

const FORMATTER = new PinoFormatter({ hostname: "web-1" });

Deno.test("PinoFormatter writes pino's fields", () => {
  assertEquals(
    FORMATTER.format(RECORD),
    '{"level":30,"time":1700000000007,"pid":4711,"hostname":"web-1","name":"app.jobs",' +
      '"msg":"took 12 ms","jobId":7}',
  );
  const extra = { msg: "mine", err: 1, map: new Map([["a", 1n]]) };
  const line = JSON.parse(
    FORMATTER.format({
      ...RECORD,
      extra,
      processName: "Worker-1",
      taskIndex: 0,
      attempt: 2,
      stack: "at g",
    }),
  );
  assertEquals(
    [
      line["extra.msg"],
      line["extra.err"],
      line.map,
      line.processName,
      line.taskIndex,
      line.attempt,
      line.stack,
    ],
    ["mine", 1, { a: "1" }, "Worker-1", 0, 2, "at g"],
  );
});

Deno.test("PinoFormatter maps levels, custom ones to the nearest below", () => {
  const levels = [5, 10, 15, 20, 25, 30, 40, 50, 99];
  assertEquals(
    levels.map((level) => JSON.parse(FORMATTER.format({ ...RECORD, level })).level),
    [10, 20, 20, 30, 30, 40, 50, 60, 60],
  );
  const notice = JSON.parse(FORMATTER.format({ ...RECORD, level: 25, levelName: "NOTICE" }));
  assertEquals(notice.levelName, "NOTICE");
});

Deno.test("PinoFormatter writes an error as pino's serializer does", () => {
  const error = serializeError(
    Object.assign(new RangeError("far", { cause: new Error("deep", { cause: "end" }) }), {
      code: 42,
    }),
  );
  const { err } = JSON.parse(FORMATTER.format({ ...RECORD, error }));
  assertEquals([err.type, err.message, err.code], ["RangeError", "far", 42]);
  assertEquals(err.stack, error.stack);
  assertEquals([err.cause.type, err.cause.message, err.cause.cause], ["Error", "deep", "end"]);
  const both = serializeError(new AggregateError([new TypeError("t"), 1], "both"));
  const { err: { aggregateErrors } } = JSON.parse(FORMATTER.format({ ...RECORD, error: both }));
  assertEquals([aggregateErrors[0].type, aggregateErrors[1]], ["TypeError", 1]);
});

Deno.test("PinoFormatter's lines are read by pino-pretty", async () => {
  // deno-lint-ignore no-import-prefix -- the test alone needs it, pinned and loaded where it is used
  const { prettyFactory } = await import("npm:pino-pretty@13.1.3");
  const pretty = prettyFactory({ colorize: false });
  const error = serializeError(new RangeError("far"));
  const names = Object.entries(LEVELS).map(([levelName, level]) => {
    const line = FORMATTER.format({ ...RECORD, level, levelName, error });
    const shown: string = pretty(line);
    for (
      const part of ["took 12 ms", "app.jobs", "jobId: 7", "RangeError", "far", "pino_test.ts"]
    ) {
      assertStringIncludes(shown, part);
    }
    return /\] (\w+) \(/.exec(shown)?.[1];
  });
  assertEquals(names, ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]);
});

Deno.test("PinoFormatter names the machine only where it may, and never asks", async () => {
  const program = `
    import { PinoFormatter } from "./src/logging/formatters/pino.ts";
    const record = ${JSON.stringify(RECORD)};
    console.log(JSON.parse(new PinoFormatter().format(record)).hostname ?? "none");`;
  const url = `data:application/typescript,${
    encodeURIComponent(
      program.replace("./src/", new URL("../../../src/", import.meta.url).href),
    )
  }`;
  const denied = await runDeno(["run", "--allow-read", url]);
  assertEquals([denied.stderr, denied.stdout], ["", "none\n"]);
  const allowed = await runDeno(["run", "--allow-read", "--allow-sys=hostname", url]);
  assertEquals(allowed.stdout, `${Deno.hostname()}\n`);
  assert(!new PinoFormatter({ hostname: "" }).format(RECORD).includes("hostname"));
});
