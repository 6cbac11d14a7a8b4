import { assertEquals, assertThrows } from "@std/assert";
import type { LogRecord } from "@paralog/paralog/logging";
import {
  LevelRangeFilter,
  type LevelRangeFilterOptions,
} from "../../../src/logging/filters/level_range.ts";

/** The levels that pass. */
function passed(options?: LevelRangeFilterOptions): number[] {
  const filter = new LevelRangeFilter(options);
  return [5, 10, 20, 25, 30, 40, 50].filter((level) => filter.filter({ level } as LogRecord));
}

Deno.test("LevelRangeFilter passes levels from the lowest to the highest, both included", () => {
  assertEquals(passed(), [5, 10, 20, 25, 30, 40, 50]);
  assertEquals(passed({ max: "INFO" }), [5, 10, 20]);
  assertEquals(passed({ min: "WARNING" }), [30, 40, 50]);
  assertEquals(passed({ min: 20, max: "WARN" }), [20, 25, 30]);
  assertEquals(passed({ min: "INFO", max: "INFO" }), [20]);
});

Deno.test("LevelRangeFilter refuses levels that there are not, and an empty range", () => {
  assertThrows(() => new LevelRangeFilter({ min: "LOUD" }), RangeError, "Cannot use");
  assertThrows(
    () => new LevelRangeFilter({ min: "ERROR", max: "INFO" }),
    RangeError,
    "current value of min is ERROR, allowed are levels up to max, which is INFO",
  );
});
