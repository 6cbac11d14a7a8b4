/** The figure of log calls: its own rows, and the counts that it looks at. */

import { assertEquals, assertMatch } from "@std/assert";
import { findFault } from "../../bench/log_calls.ts";
import { withFolder } from "../support/log_folder.ts";
import { runDeno } from "../support/run_deno.ts";

Deno.test("findFault() finds times and records that are missing, and calls that were none", () => {
  const input = { calls: 10, repetitions: 2 };
  const good = { ns: [1, 1], handled: 40, lifted: 2 };
  assertEquals(findFault(good, { handlers: 2 }, input), undefined);
  assertEquals(findFault({ ns: [1, 1], handled: 0, lifted: 1 }, { handlers: 0 }, input), undefined);
  assertEquals(findFault({ ...good, ns: [1] }, { handlers: 2 }, input), "1 times, expected 2");
  assertEquals(
    findFault({ ...good, handled: 39 }, { handlers: 2 }, input),
    "handlers got 39 records, expected 40",
  );
  assertEquals(
    findFault({ ns: [1, 1], handled: 0, lifted: 0 }, { handlers: 0 }, input),
    "the last call gave handlers 0, expected 1",
  );
});

Deno.test("deno task bench log_calls measures our own rows, with every record counted", async () => {
  await withFolder(async (folder) => {
    const { code, stdout, stderr } = await runDeno([
      ...["run", "--allow-all", "bench/harness/main.ts"],
      ...["log_calls", "--quick", "--only=, ", `--json=${folder}/results.json`],
    ]);
    assertEquals(code, 0, stdout + stderr);
    for (const name of ["disabled, within a task", "handled, 2 handlers", "handled, fields"]) {
      assertMatch(stdout, new RegExp(`^${name} +\\d`, "m"));
    }
  });
});
