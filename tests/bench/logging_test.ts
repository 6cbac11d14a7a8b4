/** The figure of logging to a file: its own rows, and the eye that it keeps on the lines. */

import { assertEquals, assertMatch } from "@std/assert";
import { findWrongLine, type LineFormat, readJson, readText } from "../../bench/logging/lines.ts";
import { withFolder } from "../support/log_folder.ts";
import { runDeno } from "../support/run_deno.ts";

const RUNS = [1, 2];

function textLine(number: number): string {
  return `2026-01-02 03:04:05,678 INFO bench.logging record ${number}: fetched, checked and stored\n`;
}

function jsonLine(number: number, jobId = number): string {
  const message = `record ${number}: fetched, checked and stored`;
  return JSON.stringify({ time: 1, level: "INFO", message, jobId, source: "inbox" }) + "\n";
}

/** What is found in a file with that text. */
async function check(text: string, format: LineFormat): Promise<string | undefined> {
  let found: string | undefined;
  await withFolder(async (folder) => {
    const file = `${folder}/logging.log`;
    await Deno.writeTextFile(file, text);
    found = await findWrongLine({ file, runs: RUNS }, format);
  });
  return found;
}

const TEXT: LineFormat = { readLine: readText };
const JSON_LINES: LineFormat = { readLine: readJson };

Deno.test("findWrongLine() finds nothing when the lines of all runs are in order", async () => {
  assertEquals(await check(textLine(0) + textLine(0) + textLine(1), TEXT), undefined);
  assertEquals(await check(jsonLine(0) + jsonLine(0) + jsonLine(1), JSON_LINES), undefined);
});

Deno.test("findWrongLine() finds lines that are missing, twice, torn, out of order", async () => {
  const good = textLine(0) + textLine(0);
  assertEquals(await check(good, TEXT), "2 lines, expected 3");
  assertMatch(await check(good + textLine(2), TEXT) ?? "", /^line 3 is out of order/);
  assertMatch(await check(good + textLine(1) + textLine(1), TEXT) ?? "", /expected record no more/);
  assertMatch(await check(good + textLine(1).slice(1), TEXT) ?? "", /^line 3 is torn/);
  assertMatch(
    await check(good + textLine(1).trim(), TEXT) ?? "",
    /^line 3 is torn.*without an end/,
  );
});

Deno.test("findWrongLine() finds fields of another record, and a prefix that is missing", async () => {
  assertMatch(await check(jsonLine(0, 7), JSON_LINES) ?? "", /^line 1 is torn/);
  assertMatch(await check(textLine(0), { ...TEXT, prefix: "step=1 " }) ?? "", /^line 1 is torn/);
});

Deno.test("readJson() knows the names that libraries give to the parts of a line", () => {
  const fields = { jobId: 7, source: "inbox" };
  for (
    const entry of [
      { level: "INFO", datetime: 1, message: "m", args: fields },
      { level: 30, time: 1, msg: "m", ...fields },
      { level: "info", timestamp: "t", message: "m", ...fields },
      { level: "INFO", "@timestamp": "t", message: "m", properties: fields },
    ]
  ) {
    const found = readJson(JSON.stringify(entry));
    assertEquals([found?.message, found?.fields?.jobId], ["m", 7]);
  }
  assertEquals(readJson('{"level":"INFO","message":"m"'), undefined);
  assertEquals(readJson('{"level":"DEBUG","time":1,"message":"m"}'), undefined);
});

Deno.test("deno task bench logging measures our own rows, with every line there", async () => {
  await withFolder(async (folder) => {
    const { code, stdout, stderr } = await runDeno([
      ...["run", "--allow-all", "bench/harness/main.ts"],
      ...["logging", "--quick", "--only=paralog", `--json=${folder}/results.json`],
    ]);
    assertEquals(code, 0, stdout + stderr);
    for (const name of ["paralog JSON", "paralog JSON, filters", "@std/log through paralog"]) {
      assertMatch(stdout, new RegExp(`^${name} +\\d\\S* +\\d\\S* +\\d`, "m"));
    }
  });
});
