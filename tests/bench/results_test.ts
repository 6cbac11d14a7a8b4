/** What the bench writes: numbers, and the file that keeps them. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { renderJson } from "../../bench/harness/json_text.ts";
import { renderLimit, renderNumber, renderSeconds } from "../../bench/harness/number_text.ts";
import { keepResult, readResults } from "../../bench/harness/results.ts";
import { expectSeconds, renderTimeLeft } from "../../bench/harness/time_left.ts";
import { withFolder } from "../support/log_folder.ts";
import { runDeno } from "../support/run_deno.ts";
import { resultOf } from "./result_of.ts";

Deno.test("renderNumber() shows three digits, and renderLimit() what was written", () => {
  const numbers = [0, 0.012345, 0.9996, 4.5, 99.96, 123.4, 12345.6, -2.5];
  assertEquals(
    numbers.map(renderNumber),
    ["0", "0.0123", "1.00", "4.50", "100", "123", "12,346", "-2.50"],
  );
  assertEquals([0.05, 1, 1 / 1.9, 500, 20_000].map(renderLimit), [
    ...["0.05", "1", "0.526", "500", "20,000"],
  ]);
  assertEquals([0.2, 119, 150].map(renderSeconds), ["1 s", "119 s", "3 min"]);
});

Deno.test("renderTimeLeft() goes by the rounds that are over, before that by an earlier run", () => {
  const expectation = { figure: 90, later: undefined };
  assertEquals(renderTimeLeft({ done: 0, all: 6, elapsed: 0 }, expectation), ", about 90 s left");
  assertEquals(renderTimeLeft({ done: 2, all: 6, elapsed: 10 }, expectation), ", about 20 s left");
  const nothing = { figure: undefined, later: undefined };
  assertEquals(renderTimeLeft({ done: 0, all: 6, elapsed: 0 }, nothing), "");
});

Deno.test("expectSeconds() counts the round that warms up, and knows what was never measured", () => {
  const earlier = { relay: resultOf({ seconds: 60, rounds: 5 }) };
  assertEquals(expectSeconds(["relay"], { earlier, rounds: 2 }), 30);
  assertEquals(expectSeconds(["relay", "new"], { earlier, rounds: 2 }), undefined);
  assertEquals(expectSeconds([], { earlier, rounds: 2 }), 0);
});

Deno.test("keepResult() replaces one figure and keeps the others", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/results.json`;
    const [first, second, third] = [1, 2, 3].map((seconds) => resultOf({ seconds }));
    assertEquals(await readResults(file), {});
    await keepResult(file, "relay", first!);
    await keepResult(file, "calls", second!);
    await keepResult(file, "relay", third!);
    assertEquals(Object.entries(await readResults(file)), [["calls", second], ["relay", third]]);
  });
});

Deno.test("deno task bench writes into no file that is something else", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/package.json`;
    for (const text of ['{ "name": "x" }', '{ "figures": { "relay": [] } }', "", "[]"]) {
      await Deno.writeTextFile(file, text);
      await assertRejects(() => readResults(file), RangeError, "Cannot keep the results in");
      const command = ["run", "--allow-all", "bench/harness/main.ts", "batching", "--quick"];
      const { code, stdout, stderr } = await runDeno([...command, `--json=${file}`]);
      assertEquals([code, stdout], [2, ""]);
      assertMatch(stderr, /^bench: Cannot keep the results in ".*": they have another form/);
      assertEquals(await Deno.readTextFile(file), text);
    }
  });
});

Deno.test("renderJson() has lines that people can compare, as deno fmt leaves them", async () => {
  const value = {
    figure: { name: "relay", empty: {}, none: [], nothing: undefined },
    samples: [{ values: { warm: 2.3236485333, cold: 477.107391, count: 1_000_000 } }, null],
    long: Array.from({ length: 30 }, (_, index) => `${index}`),
  };
  const text = renderJson(value);
  assertEquals(text.split("\n").slice(0, 7), [
    "{",
    '  "figure": { "name": "relay", "empty": {}, "none": [] },',
    '  "samples": [{ "values": { "warm": 2.3236, "cold": 477.11, "count": 1000000 } }, null],',
    '  "long": [',
    '    "0",',
    '    "1",',
    '    "2",',
  ]);
  await withFolder(async (folder) => {
    const file = `${folder}/results.json`;
    await Deno.writeTextFile(file, text + "\n");
    const { code, stderr } = await runDeno(["fmt", "--check", "--config", "deno.json", file]);
    assertEquals(code, 0, stderr);
  });
});
