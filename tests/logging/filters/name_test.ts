import { assertEquals, assertThrows } from "@std/assert";
import type { LogRecord } from "@paralog/paralog/logging";
import { NameFilter } from "../../../src/logging/filters/name.ts";
import { askPython } from "../../support/ask_python.ts";

Deno.test("NameFilter passes what Python's logging.Filter passes", async () => {
  const filters = ["", "a", "a.b", "a.", "A", "a.b.c", ".", "root"];
  const names = ["a", "a.b", "a.bb", "a.b.c", "ab", "A", "root", "b.a", "", "a..b"];
  const expected = await askPython<boolean[][]>(
    `import logging
filters, names = json.load(sys.stdin)
def record(name): return logging.LogRecord(name, 10, "", 0, "", None, None)
print(json.dumps([[bool(logging.Filter(f).filter(record(n))) for n in names] for f in filters]))`,
    [filters, names],
  );
  const passed = filters.map((name) => {
    const filter = new NameFilter(name);
    return names.map((name) => filter.filter({ name } as LogRecord)); // All that it reads.
  });
  assertEquals(passed, expected);
});

Deno.test("NameFilter refuses what is no name", () => {
  assertThrows(() => new NameFilter(5 as unknown as string), TypeError, "current value is 5");
});
