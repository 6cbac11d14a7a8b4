import { assert, assertEquals, assertThrows } from "@std/assert";
import type { LogRecord } from "@paralog/paralog/logging";
import { SamplingFilter } from "../../../src/logging/filters/sampling.ts";

/** Which of so many records at INFO pass. */
function sample(filter: SamplingFilter, count: number): boolean[] {
  return Array.from({ length: count }, () => filter.filter({ level: 20 } as LogRecord));
}

function countOf(passed: readonly boolean[]): number {
  return passed.filter(Boolean).length;
}

Deno.test("SamplingFilter passes its part of the records, evenly spread", () => {
  for (const rate of [0, 0.01, 0.1, 0.25, 1 / 3, 0.5, 0.9, 1]) {
    const passed = sample(new SamplingFilter({ rate }), 10_000);
    assertEquals(passed[0], rate > 0);
    for (let start = 0; start < 10_000; start += 100) {
      const count = countOf(passed.slice(start, start + 100));
      assert(Math.abs(count - rate * 100) <= 2, `${count} of 100 at ${rate}`);
    }
    assert(Math.abs(countOf(passed) - rate * 10_000) <= 3);
  }
});

Deno.test("SamplingFilter takes the same share of messages that take turns", () => {
  for (const period of [2, 3, 5, 10]) {
    const passed = sample(new SamplingFilter({ rate: 0.1 }), 1000 * period);
    for (let turn = 0; turn < period; turn++) {
      const count = countOf(passed.filter((_, index) => index % period === turn));
      assert(Math.abs(count - 100) <= 5, `${count} of 1000 for each ${period}`);
    }
  }
});

Deno.test("SamplingFilter gives the same sample for the same records, each for itself", () => {
  const [first, second] = [0.3, 0.3].map((rate) => new SamplingFilter({ rate }));
  assert(first && second);
  assertEquals(sample(first, 50), sample(second, 50));
});

Deno.test("SamplingFilter always passes records from the level to keep", () => {
  const filter = new SamplingFilter({ rate: 0 });
  const passes = (level: number) => filter.filter({ level } as LogRecord);
  assertEquals([10, 20, 29, 30, 40].map(passes), [false, false, false, true, true]);
  const errors = new SamplingFilter({ rate: 0, keepLevel: "ERROR" });
  assertEquals([30, 40].map((level) => errors.filter({ level } as LogRecord)), [false, true]);
});

Deno.test("SamplingFilter refuses a rate that is none", () => {
  for (const rate of [-0.1, 1.1, NaN, "1", undefined]) {
    assertThrows(
      () => new SamplingFilter({ rate: rate as number }),
      RangeError,
      "allowed are numbers from 0 to 1",
    );
  }
  assertThrows(() => new SamplingFilter({ rate: 1, keepLevel: "LOUD" }), RangeError, "LOUD");
});
