import { assertEquals } from "@std/assert";
import { serializeError } from "../../../src/logging/errors.ts";
import { LogfmtFormatter, logfmtKey, logfmtValue } from "../../../src/logging/formatters/logfmt.ts";
import { recordOf } from "../../support/records.ts";

const RECORD = recordOf("took 12 ms", {
  name: "app",
  level: 20,
  levelName: "INFO",
  time: 1_700_000_000_007.9,
  seq: 3,
});

Deno.test("LogfmtFormatter writes key=value pairs", () => {
  const formatter = new LogfmtFormatter();
  assertEquals(
    formatter.format({ ...RECORD, extra: { jobId: 7, user: "ann", level: "mine" } }),
    'time=2023-11-14T22:13:20.007Z level=INFO logger=app msg="took 12 ms" jobId=7 user=ann ' +
      "extra.level=mine",
  );
  assertEquals(
    formatter.format({
      ...RECORD,
      msg: "ready",
      processName: "Worker-1",
      taskIndex: 2,
      attempt: 1,
    }),
    "time=2023-11-14T22:13:20.007Z level=INFO logger=app msg=ready processName=Worker-1 " +
      "taskIndex=2 attempt=1",
  );
});

Deno.test("LogfmtFormatter writes an error by name, and whole with its causes, on the same line", () => {
  const error = {
    ...serializeError(new RangeError("far", { cause: "x=1" })),
    stack: "RangeError: far\n\tat f",
  };
  const line = new LogfmtFormatter().format({ ...RECORD, msg: "m", error, stack: "at g" });
  assertEquals(
    line.slice(line.indexOf("msg=")),
    'msg=m error="RangeError: far" errorStack="RangeError: far\\n\\tat f\\nCaused by: x=1" ' +
      'stack="at g"',
  );
});

Deno.test("logfmtValue() quotes as go-logfmt does", () => {
  const cases: [unknown, string][] = [
    ["plain", "plain"],
    ["C:\\dir", "C:\\dir"],
    ["é🦕", "é🦕"],
    ["", '""'],
    ["two words", '"two words"'],
    ["a=b", '"a=b"'],
    ['say "hi" \\', '"say \\"hi\\" \\\\"'],
    ["a\nb\tc\rd\x00\x1b\x7f\x9b\u202e", '"a\\nb\\tc\\rd\\u0000\\u001b\\u007f\\u009b\\u202e"'],
    ["\ud800", '"\\ud800"'],
    ["null", '"null"'],
    [null, "null"],
    [undefined, "null"],
    [true, "true"],
    [1.5, "1.5"],
    [12n, "12"],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [new TypeError("no"), '"TypeError: no"'],
    [[1, 2], "[1,2]"],
    [{ a: "b c" }, '"{\\"a\\":\\"b c\\"}"'],
  ];
  for (const [value, text] of cases) assertEquals(logfmtValue(value), text);
});

Deno.test("logfmtKey() makes any text a name", () => {
  const names = ["ok.name-1", "", "two words", 'a="b"', "a\nb", "é"];
  assertEquals(names.map(logfmtKey), ["ok.name-1", "_", "two_words", "a__b_", "a_b", "é"]);
});
