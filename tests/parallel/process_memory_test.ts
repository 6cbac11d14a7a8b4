/** The limit of a process's memory. */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { checkMemoryLimit } from "../../src/parallel/options/memory_limit.ts";
import { runDeno } from "../support/run_deno.ts";

Deno.test("a task that takes more memory than memoryLimit ends its process, and nothing else", async () => {
  const { code, stdout, stderr } = await runDeno(
    ["run", "-A", "--v8-flags=--max-old-space-size=1000", "tests/programs/process_memory_limit.ts"],
  );
  assertEquals(code, 0, stderr);
  const { ends, limits, own } = JSON.parse(stdout);
  for (const [name, reason] of ends) {
    assertEquals([name, reason.kind], ["WorkerCrashError", "signal"]);
    assert(["SIGTRAP", "SIGABRT", "SIGILL"].includes(reason.signal), reason.signal);
  }
  assertEquals(ends.length, 3);
  for (const limit of limits) assert(limit < 200, `${limits}`); // Those that processes start have it, too.
  assert(own > 1000, `${own}`);
  for (const task of ["keepObjects", "keepObjectsAndAwait", "makeOneArray"]) {
    assertStringIncludes(stderr, `${task} was here\n`); // Beside the last words of V8.
  }
});

Deno.test("checkMemoryLimit() takes megabytes with which Deno starts", () => {
  assertEquals(checkMemoryLimit(undefined), undefined);
  assertEquals(checkMemoryLimit(16), 16);
  assertEquals(checkMemoryLimit(2 ** 20), 2 ** 20);
  const text = "give a whole number of megabytes from 16 to 1048576";
  for (const wrong of [15, 0, -1, 64.5, NaN, Infinity, 2 ** 20 + 1, 1e15]) {
    assertThrows(
      () => checkMemoryLimit(wrong),
      RangeError,
      `Cannot use ${wrong} as memoryLimit: ${text}`,
    );
  }
  assertThrows(() => checkMemoryLimit("64"), TypeError, 'Cannot use "64" as memoryLimit');
});
