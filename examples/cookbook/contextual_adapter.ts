/**
 * "Using LoggerAdapters to impart contextual information" of Python's logging cookbook: an adapter
 * adds the fields of a connection to every record, and the format shows them.
 *
 *     deno run examples/cookbook/contextual_adapter.ts
 *
 * Prints two lines of logger a.b.c on stderr, then ten of d.e.f with random levels, addresses and
 * users.
 */

import { basicConfig, getLogger, LoggerAdapter } from "@paralog/paralog/logging";

function choice<T>(values: readonly [T, ...T[]]): T {
  return values[Math.floor(Math.random() * values.length)] ?? values[0];
}

/** Fields that are new at each call. In Python it takes a class that looks like a dict. */
function connectionInfo() {
  return {
    ip: choice(["127.0.0.1", "192.168.0.1"]),
    user: choice(["jim", "fred", "sheila"]),
  };
}

function main(): void {
  const a1 = new LoggerAdapter(getLogger("a.b.c"), { ip: "123.231.231.123", user: "sheila" });
  basicConfig({
    level: "DEBUG",
    format: "%(asctime)-15s %(name)-5s %(levelname)-8s " +
      "IP: %(ip)-15s User: %(user)-8s %(message)s",
  });
  a1.debug("A debug message");
  a1.info("An info message with %s", "some parameters");

  const a2 = new LoggerAdapter(getLogger("d.e.f"), connectionInfo);
  for (let i = 0; i < 10; i++) {
    const level = choice(["DEBUG", "INFO", "WARN", "ERROR", "CRITICAL"]);
    a2.log(level, "A message at %s level with %d %s", level, 2, "parameters");
  }
}

if (import.meta.main) main();
