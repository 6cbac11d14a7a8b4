import { assertEquals, assertThrows } from "@std/assert";
import { serializeError } from "../../../src/logging/errors.ts";
import { PrettyFormatter } from "../../../src/logging/formatters/pretty.ts";
import { ROOT } from "../../support/run_deno.ts";
import { runOnTerminal } from "../../support/run_on_terminal.ts";
import { recordOf } from "../../support/records.ts";

const RECORD = recordOf("took 12 ms", { time: 1_700_000_000_007.9, seq: 3 });

const FORMATTER = new PrettyFormatter({ colors: false, utc: true });

Deno.test("PrettyFormatter writes time, level, logger, message and fields", () => {
  assertEquals(FORMATTER.format(RECORD), "22:13:20.007 WARN  app.jobs: took 12 ms");
  const extra = { jobId: 7, user: "ann", title: "two words", list: [1, { a: "b" }], none: null };
  assertEquals(
    FORMATTER.format({ ...RECORD, processName: "Worker-1", taskIndex: 0, extra }),
    "22:13:20.007 WARN  app.jobs: took 12 ms processName=Worker-1 taskIndex=0 jobId=7 user=ann " +
      'title="two words" list=[ 1, { a: "b" } ] none=null',
  );
  const [first, second] = [1, 2].map((attempt) =>
    FORMATTER.format({ ...RECORD, taskIndex: 0, attempt })
  );
  assertEquals([first, second], [
    "22:13:20.007 WARN  app.jobs: took 12 ms taskIndex=0",
    "22:13:20.007 WARN  app.jobs: took 12 ms taskIndex=0 attempt=2",
  ]);
});

Deno.test("PrettyFormatter indents an error with its causes, a stack, and further lines", () => {
  const error = {
    ...serializeError(new RangeError("far", { cause: 5 })),
    stack: "RangeError: far\n    at f",
  };
  assertEquals(
    FORMATTER.format({ ...RECORD, msg: "a\nb", error, stack: "at g" }),
    "22:13:20.007 WARN  app.jobs: a\n    b\n    RangeError: far\n        at f\n" +
      "    Caused by: 5\n    at g",
  );
});

Deno.test("PrettyFormatter escapes control characters in what was logged", () => {
  const extra = { "a\nb": "\x1b[2J\n", raw: "\u202e", deep: { a: "\x9b" } };
  const line = FORMATTER.format({ ...RECORD, name: "a\nb", msg: "\x1b[2J\r\t\x00", extra });
  assertEquals(
    line,
    '22:13:20.007 WARN  a\\nb: \\x1b[2J\\r\t\\x00 "a\\nb"="\\x1b[2J\\n" raw=\\u202e ' +
      'deep={ a: "\\x9b" }',
  );
});

Deno.test("PrettyFormatter colours levels, and resets what it colours", () => {
  const formatter = new PrettyFormatter({ colors: true, datefmt: "%H", utc: true });
  assertEquals(
    formatter.format({ ...RECORD, extra: { jobId: 7 } }),
    "\x1b[2m22\x1b[0m \x1b[33mWARN \x1b[0m \x1b[1mapp.jobs\x1b[0m: took 12 ms " +
      "\x1b[2mjobId=\x1b[0m7",
  );
  assertEquals(
    [[10, "DEBUG"], [20, "\x1b[34mDEBUG\x1b[0m"], [50, "\x1b[1m\x1b[31mDEBUG\x1b[0m"]]
      .map(([level, shown]) =>
        formatter.format({ ...RECORD, level: Number(level), levelName: "DEBUG" }).includes(
          ` ${shown} `,
        )
      ),
    [true, true, true],
  );
});

Deno.test("PrettyFormatter colours by itself on a terminal only, and not where NO_COLOR is set", async () => {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const url = new URL("src/logging/formatters/pretty.ts", ROOT).href;
    await Deno.writeTextFile(
      file,
      `import { PrettyFormatter } from "${url}";\nconsole.log(String(new PrettyFormatter().colors));`,
    );
    const args = ["run", "--allow-all", file];
    assertEquals((await runOnTerminal(args, { env: { NO_COLOR: "" } })).shown, "true\n");
    assertEquals((await runOnTerminal(args, { env: { NO_COLOR: "1" } })).shown, "false\n");
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("PrettyFormatter refuses a datefmt that is no text", () => {
  assertThrows(
    () => new PrettyFormatter({ datefmt: 5 as unknown as string }),
    TypeError,
    "Cannot write times as 5",
  );
});
