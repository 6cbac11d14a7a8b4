/**
 * Tasks that run tasks.
 *
 * @module
 */

import { withContext } from "../../logging/mod.ts";
import { delayed } from "../../parallel/mod.ts";
import { assertEquals } from "../assert.ts";
import type { Contract } from "../contract.ts";
import { nested } from "../tasks/workers.ts";
import { watchRoot } from "../watched_handler.ts";

/** Registers the tests. */
export function testNesting({ create, test }: Contract): void {
  test("a task may run tasks of its own, whose records reach the caller; below these they are inline", async () => {
    const handler = watchRoot();
    const run = () => create().run([delayed(nested)([1, 2])]);
    const [result] = await withContext({ requestId: 7 }, run);
    assertEquals(result.squares, [1, 4]);
    assertEquals(handler.messages, ["outer task", "info of inner", "error of inner"]);
    const [outer, inner] = handler.records;
    assertEquals(inner?.run?.startsWith(`${outer?.run}.0.`), true, inner?.run);
    for (const { extra } of handler.records) assertEquals(extra?.requestId, 7);
    assertEquals(result.threads.at(-1), result.threads.at(-2));
  });
}
