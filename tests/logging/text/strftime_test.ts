import { assertEquals } from "@std/assert";
import { strftime } from "../../../src/logging/text/strftime.ts";
import { askPython } from "../../support/ask_python.ts";
import { runDeno } from "../../support/run_deno.ts";

const CODES = [..."aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%"];
const FLAGGED = [..."CdegGHIjklmMSuUVwWyYz"].flatMap((code) => [`%-${code}`, `%_${code}`])
  .concat([..."aAbBcdehpPrZ"].map((code) => `%^${code}`), ["%0e", "%0k", "%-^b", "%v", "%Q", "%q"]);
const FORMAT = [...CODES.map((code) => `%${code}`), ...FLAGGED].join("|");

/** The first and last days of 60 years, where weeks belong to another year; and some others. */
function times(): number[] {
  const found: number[] = [];
  for (let year = 1971; year <= 2030; year++) {
    for (const [month, day] of [[0, 1], [0, 4], [2, 31], [6, 9], [9, 27], [11, 28], [11, 31]]) {
      found.push(Date.UTC(year, month ?? 0, day, year % 24, 59 - year % 60, year % 60));
    }
  }
  return found;
}

/** The same in Python; `%f` is not known there. */
const PYTHON = `
import time
given = json.load(sys.stdin)
print(json.dumps([[time.strftime(given["format"], time.localtime(t / 1000)) for t in given["times"]],
  [time.strftime(given["format"].replace("%s", ""), time.gmtime(t / 1000)) for t in given["times"]]]))`;

Deno.test("strftime() writes local time and UTC as Python does", async () => {
  const [local, utc] = await askPython<string[][]>(PYTHON, { format: FORMAT, times: times() });
  assertEquals(times().map((time) => strftime(FORMAT, time)), local);
  const inUtc = FORMAT.replace("%s", "");
  assertEquals(times().map((time) => strftime(inUtc, time, { utc: true })), utc);
});

Deno.test("strftime() follows the time zone of the machine, with its summer time", async () => {
  const program = `
    import { strftime } from "./src/logging/text/strftime.ts";
    const { format, times } = JSON.parse(${
    JSON.stringify(JSON.stringify({ format: FORMAT, times: times() }))
  });
    console.log(JSON.stringify(times.map((time) => strftime(format, time))));`;
  for (const TZ of ["Europe/Berlin", "America/New_York", "Asia/Kathmandu"]) {
    const ran = await runDeno(["eval", program], { env: { TZ } });
    assertEquals(ran.stderr, "");
    const [expected] = await askPython<string[][]>(
      `import os, time\nos.environ["TZ"] = "${TZ}"\ntime.tzset()\n${PYTHON}`,
      { format: FORMAT, times: times() },
    );
    const written: string[] = JSON.parse(ran.stdout);
    assertEquals(written.filter((text, index) => text !== expected?.[index]).slice(0, 3), [], TZ);
  }
});

Deno.test("strftime() writes microseconds, and seconds since 1970 also in UTC", () => {
  assertEquals(strftime("%S.%f %s", 1_700_000_007.25, { utc: true }), "20.007250 1700000");
  assertEquals(strftime("%f", -0.5, { utc: true }), "999500");
});

Deno.test("strftime() leaves what is no code as it is written", () => {
  assertEquals(strftime("100%, %é %-5d %", 0, { utc: true }), "100%, %é %-5d %");
});
