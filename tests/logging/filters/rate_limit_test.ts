import { assertEquals, assertThrows } from "@std/assert";
import type { LogRecord } from "@paralog/paralog/logging";
import {
  RateLimitFilter,
  type RateLimitFilterOptions,
} from "../../../src/logging/filters/rate_limit.ts";
import { recordOf } from "../../support/records.ts";

const RECORD = recordOf("ready", {
  name: "app",
  level: 20,
  levelName: "INFO",
  time: 0,
  process: 1,
});

/** What becomes of records: how many were suppressed before one that passes, or "-". */
function run(filter: RateLimitFilter, records: readonly Partial<LogRecord>[]): unknown[] {
  return records.map((record) => {
    const result = filter.filter({ ...RECORD, ...record });
    return result === false ? "-" : result.extra?.suppressed ?? 0;
  });
}

Deno.test("RateLimitFilter passes no more than the limit in any interval", () => {
  const filter = new RateLimitFilter({ limit: 2, interval: 100 });
  const times = [0, 90, 95, 99, 100, 150, 189, 190, 191, 500].map((time) => ({ time }));
  assertEquals(run(filter, times), [0, 0, "-", "-", 2, "-", "-", 2, "-", 1]);
});

Deno.test("RateLimitFilter counts each logger and level for itself", () => {
  const filter = new RateLimitFilter({ limit: 1, interval: 100 });
  const records = [{}, {}, { level: 40 }, { name: "app.db" }, { level: 40 }, { time: 100 }];
  assertEquals(run(filter, records), [0, "-", 0, 0, "-", 1]);
  const byMessage = new RateLimitFilter({ limit: 1, interval: 100, key: ({ msg }) => msg });
  assertEquals(run(byMessage, [{}, { msg: "a" }, { level: 40 }, { msg: "a" }]), [0, 0, "-", "-"]);
});

Deno.test("RateLimitFilter goes on after the clock was set back", () => {
  const filter = new RateLimitFilter({ limit: 1, interval: 100 });
  const times = [1_000_000, 999_950, 1000, 1050, 1100].map((time) => ({ time }));
  assertEquals(run(filter, times), [0, "-", 1, "-", 1]);
});

Deno.test("RateLimitFilter adds to what another filter held back, and keeps the record as it is", () => {
  const filter = new RateLimitFilter({ limit: 1, interval: 100 });
  const later = Object.freeze({
    ...RECORD,
    time: 200,
    extra: Object.freeze({ suppressed: 3, a: 1 }),
  });
  run(filter, [{}, {}]);
  assertEquals(filter.filter(later), { ...later, extra: { suppressed: 4, a: 1 } });
  assertEquals(later.extra.suppressed, 3);
});

Deno.test("RateLimitFilter forgets keys without news, but none that has to say what it held back", () => {
  const filter = new RateLimitFilter({ limit: 1, interval: 100, key: ({ msg }) => msg });
  run(filter, [{ msg: "held" }, { msg: "held" }]);
  run(
    filter,
    Array.from({ length: 5000 }, (_, index) => ({ msg: `${index}`, time: index * 1000 })),
  );
  assertEquals(run(filter, [{ msg: "held", time: 9e9 }]), [1]);
});

Deno.test("RateLimitFilter refuses options that are none", () => {
  const bad: [Partial<Record<keyof RateLimitFilterOptions, unknown>>, string][] = [
    [{ limit: 0, interval: 1 }, "current value of limit is 0, allowed are 1, 2, 3"],
    [{ limit: 1.5, interval: 1 }, "current value of limit is 1.5"],
    [{ limit: 1, interval: 0 }, "current value of interval is 0, allowed are milliseconds above 0"],
    [{ limit: 1, interval: NaN }, "current value of interval is NaN"],
    [{}, "current value of limit is undefined"],
  ];
  for (const [options, text] of bad) {
    assertThrows(
      () => new RateLimitFilter(options as unknown as RateLimitFilterOptions),
      RangeError,
      text,
    );
  }
  const key = "name" as unknown as () => string;
  assertThrows(
    () => new RateLimitFilter({ limit: 1, interval: 1, key }),
    TypeError,
    'current value of key is "name"',
  );
});
