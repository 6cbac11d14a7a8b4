/**
 * Calls that a worker is sent together: each is on its own.
 *
 * @module
 */

import { delayed, WorkerCrashError } from "../../parallel/mod.ts";
import { assert, assertEquals, assertInstanceOf } from "../assert.ts";
import type { Contract } from "../contract.ts";
import { exit } from "../tasks/ends.ts";
import { throwCustom } from "../tasks/failures.ts";
import { logLine } from "../tasks/logs.ts";
import { echo, square } from "../tasks/values.ts";
import { watchRoot } from "../watched_handler.ts";

/** Registers the tests. */
export function testBatches({ create, subject, test }: Contract): void {
  test("batchSize says how many calls a worker is sent at once", async () => {
    const handler = watchRoot();
    const parallel = create({ batchSize: 4 }, 1);
    const lines = Array.from({ length: 10 }, (_, n) => `line ${n}`);
    assertEquals(await parallel.map(logLine, lines), lines);
    assertEquals(handler.messages, lines);
    assertEquals(handler.records.map(({ taskIndex }) => taskIndex), [...lines.keys()]);
    const { count, min, max } = parallel.stats.batchSize;
    assertEquals([count, min, max], [3, 2, 4]);
  });

  test("many tiny calls have their results in order, in batches of any size", async () => {
    const parallel = create();
    const items = Array.from({ length: 2000 }, (_, x) => x);
    assertEquals(await parallel.map(square, items), items.map((x) => x * x));
    assertEquals(parallel.stats.calls.done, items.length);
    assertEquals(parallel.stats.batchSize.sum, items.length);
  });

  test("a call of a batch that fails does not take the others with it", async () => {
    const handler = watchRoot();
    await using parallel = create({ batchSize: 6 }, 1);
    const settled = await parallel.runSettled([
      delayed(logLine)("a"),
      delayed(throwCustom)(1),
      delayed(echo)(() => {}),
      delayed(logLine)("b"),
      delayed(throwCustom)(2),
      delayed(logLine)("c"),
    ]);
    const texts = settled.map((each) =>
      each.status === "fulfilled" ? each.value : String(each.reason).slice(0, 30)
    );
    assertEquals(texts, [
      ...["a", "Error: no money for 1", "TypeError: Cannot send the arg"],
      ...["b", "Error: no money for 2", "c"],
    ]);
    assertEquals(handler.messages, ["a", "b", "c"]);
  });

  test(
    "a call of a batch that ends its worker fails alone, and each of the others runs once",
    async () => {
      const handler = watchRoot();
      await using parallel = create({ batchSize: 6 }, 1);
      const settled = await parallel.runSettled([
        delayed(logLine)("a"),
        delayed(logLine)("b"),
        delayed(exit)(3),
        delayed(logLine)("c"),
        delayed(exit)(4),
        delayed(logLine)("d"),
      ]);
      const values = settled.map((each) => each.status === "fulfilled" ? each.value : undefined);
      assertEquals(values, ["a", "b", undefined, "c", undefined, "d"]);
      for (const [index, code] of [[2, 3], [4, 4]] as const) {
        const { reason } = settled[index] as PromiseRejectedResult;
        assertInstanceOf(reason, WorkerCrashError);
        assertEquals([reason.index, reason.reason], [index, { kind: "exit", code }]);
        assertEquals(reason.records.map(({ msg }) => msg), ["about to exit"]);
      }
      const said = handler.messages.filter((text) => text !== "about to exit");
      assertEquals(said, ["a", "b", "c", "d"]);
      assert(parallel.stats.allWorkers.started >= 3);
    },
    subject.noExit,
  );
}
