import { assertEquals, assertThrows } from "@std/assert";
import type { LogRecord } from "@paralog/paralog/logging";
import { DuplicateFilter } from "../../../src/logging/filters/duplicate.ts";
import { recordOf } from "../../support/records.ts";

const RECORD = recordOf("ready", {
  name: "app",
  level: 20,
  levelName: "INFO",
  time: 0,
  process: 1,
});

/** What becomes of records: how many were suppressed before one that passes, or "-". */
function run(filter: DuplicateFilter, records: readonly Partial<LogRecord>[]): unknown[] {
  return records.map((record) => {
    const result = filter.filter({ ...RECORD, ...record });
    return result === false ? "-" : result.extra?.suppressed ?? 0;
  });
}

Deno.test("DuplicateFilter drops what says the same again, and then says how often", () => {
  const filter = new DuplicateFilter();
  const records = [{}, {}, {}, { msg: "other" }, {}, { level: 30 }, { level: 30 }, { name: "b" }];
  assertEquals(run(filter, records), [0, "-", "-", 2, 0, 0, "-", 1]);
});

Deno.test("DuplicateFilter passes one of a message in each window", () => {
  const filter = new DuplicateFilter({ window: 100 });
  const times = [0, 50, 99, 100, 150, 200].map((time) => ({ time }));
  assertEquals(run(filter, times), [0, "-", "-", 2, "-", 1]);
  const endless = new DuplicateFilter({ window: Infinity });
  assertEquals(run(endless, [{}, { time: 1e15 }, { msg: "b" }]), [0, "-", 1]);
});

Deno.test("DuplicateFilter goes on after the clock was set back", () => {
  const filter = new DuplicateFilter({ window: 100 });
  assertEquals(run(filter, [{ time: 1e6 }, { time: 999_999 }, { time: 5 }]), [0, "-", 1]);
});

Deno.test("DuplicateFilter refuses a window that is none", () => {
  for (const window of [0, -1, NaN, "5"]) {
    assertThrows(
      () => new DuplicateFilter({ window: window as number }),
      RangeError,
      "allowed are milliseconds above 0",
    );
  }
});
