/** The histograms of `parallel.stats`. */

import { assert, assertEquals } from "@std/assert";
import { type Histogram, HistogramCounter } from "../../src/parallel/stats/histogram.ts";

function histogramOf(values: Iterable<number>): Histogram {
  const counter = new HistogramCounter();
  for (const value of values) counter.add(value);
  return counter.snapshot();
}

const PERCENTILES = [["p50", 0.5], ["p75", 0.75], ["p90", 0.9], ["p95", 0.95], ["p99", 0.99], [
  "p999",
  0.999,
]] as const;

/** The smallest value that as many are not above. */
function percentileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(Math.round(values.length * share * 1000) / 1000) - 1]!;
}

Deno.test("a histogram without values has zeros", () => {
  assertEquals(histogramOf([]), {
    ...{ count: 0, sum: 0, min: 0, max: 0, mean: 0, stddev: 0 },
    ...{ p50: 0, p75: 0, p90: 0, p95: 0, p99: 0, p999: 0, buckets: [] },
  });
});

Deno.test("a histogram of one value has nothing but that value", () => {
  for (const value of [0, 0.003, 1, 7.3, 3_600_000.5, 1e12]) {
    const { buckets: _, ...histogram } = histogramOf([value]);
    const at = { sum: value, min: value, max: value, mean: value };
    const percentiles = { p50: value, p75: value, p90: value, p95: value, p99: value, p999: value };
    assertEquals(histogram, { count: 1, stddev: 0, ...at, ...percentiles });
  }
});

Deno.test("whole numbers up to 128 have exact percentiles", () => {
  const { buckets: _, ...histogram } = histogramOf(Array.from({ length: 100 }, (_, i) => i + 1));
  assertEquals(histogram, {
    ...{ count: 100, sum: 5050, min: 1, max: 100, mean: 50.5, stddev: Math.sqrt(833.25) },
    ...{ p50: 50, p75: 75, p90: 90, p95: 95, p99: 99, p999: 100 },
  });
});

Deno.test("percentiles are at most 1.6 % too low, from a microsecond to a day", () => {
  let seed = 1;
  const random = () => (seed = seed * 48271 % 2147483647) / 2147483647; // Park and Miller's.
  for (let octave = -10; octave < 26; octave += 4) {
    const values = Array.from({ length: 1000 }, () => 2 ** (octave + random()));
    const histogram = histogramOf(values);
    for (const [name, share] of PERCENTILES) {
      const value = percentileOf(values, share);
      assert(histogram[name] <= value, `${name} of 2 ** ${octave}`);
      assert(histogram[name] >= value * (1 - 1 / 64), `${name} of 2 ** ${octave}`);
    }
    assertEquals(histogram.max, Math.max(...values));
    assertEquals(histogram.min, Math.min(...values));
  }
});

Deno.test("values out of range are counted, and their exact numbers are kept", () => {
  const histogram = histogramOf([0, 1e-9, 1e10]);
  assertEquals([histogram.count, histogram.min, histogram.max], [3, 0, 1e10]);
  assertEquals(histogram.p999, 2 ** 27 * (1 - 1 / 128), "the last step");
});

Deno.test("what is no time counts as none", () => {
  const { count, sum, min, max, p999 } = histogramOf([-1, NaN]);
  assertEquals({ count, sum, min, max, p999 }, { count: 2, sum: 0, min: 0, max: 0, p999: 0 });
});

Deno.test("HistogramCounter.add() counts a value several times", () => {
  const counter = new HistogramCounter();
  counter.add(2, 3);
  counter.add(6, 1);
  const { count, sum, mean, stddev, p75, p90 } = counter.snapshot();
  assertEquals({ count, sum, mean, stddev }, { count: 4, sum: 12, mean: 3, stddev: Math.sqrt(3) });
  assertEquals([p75, p90], [2, 6]);
});

Deno.test("buckets count all values below each power of two", () => {
  assertEquals(histogramOf([0.75, 1, 1.5, 2, 9]).buckets, [
    { below: 1, count: 1 },
    { below: 2, count: 3 },
    { below: 4, count: 4 },
    { below: 8, count: 4 },
    { below: 16, count: 5 },
  ]);
});

Deno.test("a snapshot is plain, and stays as it is", () => {
  const counter = new HistogramCounter();
  counter.add(1);
  const before = counter.snapshot();
  const copy = structuredClone(before);
  counter.add(4);
  assertEquals(before, copy);
  assertEquals(JSON.parse(JSON.stringify(before)), copy);
});
