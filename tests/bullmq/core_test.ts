/** Who does not use the backend does not load what it stands on. */

import { assert, assertEquals } from "@std/assert";
import { runDeno } from "../support/run_deno.ts";

Deno.test("programs without the bullmq backend load neither BullMQ nor ioredis", async () => {
  for (
    const door of ["mod.ts", "src/logging/mod.ts", "src/parallel/mod.ts", "src/testing/mod.ts"]
  ) {
    const { stdout } = await runDeno(["info", "--json", door]);
    const { modules } = JSON.parse(stdout) as { modules: { specifier: string }[] };
    const specifiers = modules.map(({ specifier }) => specifier);
    assert(specifiers.length > 50, door);
    assertEquals(specifiers.filter((each) => /bullmq|ioredis/.test(each)), [], door);
  }
});
