/**
 * "Using Filters to impart contextual information" of Python's logging cookbook: a filter adds
 * fields to every record of two loggers.
 *
 *     deno run examples/cookbook/contextual_filter.ts
 *
 * Prints two lines of logger a.b.c on stderr, then ten of d.e.f, all with random addresses and
 * users.
 */

import {
  basicConfig,
  type FilterObject,
  getLogger,
  type LogRecord,
} from "@paralog/paralog/logging";

function choice<T>(values: readonly [T, ...T[]]): T {
  return values[Math.floor(Math.random() * values.length)] ?? values[0];
}

/** Adds fields. A record is never changed: the filter returns a copy, which goes on instead. */
class ContextFilter implements FilterObject {
  filter(record: LogRecord): LogRecord {
    const ip = choice(["123.231.231.123", "127.0.0.1", "192.168.0.1"]);
    const user = choice(["jim", "fred", "sheila"]);
    return { ...record, extra: { ...record.extra, ip, user } };
  }
}

function main(): void {
  basicConfig({
    level: "DEBUG",
    format: "%(asctime)-15s %(name)-5s %(levelname)-8s " +
      "IP: %(ip)-15s User: %(user)-8s %(message)s",
  });
  const a1 = getLogger("a.b.c");
  const a2 = getLogger("d.e.f");
  const filter = new ContextFilter();
  a1.addFilter(filter);
  a2.addFilter(filter);

  a1.debug("A debug message");
  a1.info("An info message with %s", "some parameters");
  for (let i = 0; i < 10; i++) {
    const level = choice(["DEBUG", "INFO", "WARN", "ERROR", "CRITICAL"]);
    a2.log(level, "A message at %s level with %d %s", level, 2, "parameters");
  }
}

if (import.meta.main) main();
