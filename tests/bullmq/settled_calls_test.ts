import { assertEquals } from "@std/assert";
import { SettledCalls } from "../../src/bullmq/caller/settled_calls.ts";
import { recordOf } from "../support/records.ts";

function outcomes(...values: unknown[]) {
  const failed = [...values.entries()].filter(([, value]) => value === "bad").map(([at]) => at);
  return { values, ms: values.map((_, at) => at), failed };
}

Deno.test("outcomes that a delivery before has told are left out, failed ones too", () => {
  const calls = new SettledCalls("1", [4, 5, 7, 8]);
  assertEquals(calls.add(outcomes(40, "bad")), outcomes(40, "bad"));
  calls.repeat();
  assertEquals(calls.add(outcomes(40)).values, []);
  const { values, ms, failed } = calls.add(outcomes("bad", 70, "bad"));
  assertEquals([values, ms, failed], [[70, "bad"], [1, 2], [1]]);
  assertEquals([4, 5, 6, 7, 8].filter((index) => calls.has(index)), [4, 5, 7, 8]);
});

Deno.test("a delivery that was lost again is told of what all deliveries before have told", () => {
  const calls = new SettledCalls("1", [0, 1, 2]);
  calls.add(outcomes("a"));
  calls.repeat();
  calls.add(outcomes("a", "b"));
  calls.repeat();
  assertEquals(calls.add(outcomes("a", "b", "c")).values, ["c"]);
});

Deno.test("records of calls that have come to their end are known, with those of runs that they started", () => {
  const calls = new SettledCalls("1", [2, 12]);
  calls.add(outcomes("x"));
  const has = (run: string | undefined, taskIndex?: number) =>
    calls.hasLogged(recordOf("x", { run, taskIndex }));
  assertEquals(
    [has("1", 2), has("1.2.0", 5), has("1.2@2.0", 5), has("1.2.0.3.1", 0)],
    [true, true, true, true],
  );
  assertEquals(
    [has("1", 12), has("1.12.0", 2), has("11", 2), has("1", undefined), has(undefined, 2)],
    [false, false, false, false, false],
  );
});
