/**
 * What becomes of a run when calls fail.
 *
 * @module
 */

import { delayed } from "../../parallel/mod.ts";
import { assertEquals, assertInstanceOf, assertRejects } from "../assert.ts";
import type { Contract } from "../contract.ts";
import { waitForAbort } from "../tasks/ends.ts";
import * as tasks from "../tasks/failures.ts";
import { logLine } from "../tasks/logs.ts";
import { square } from "../tasks/values.ts";
import { watchRoot } from "../watched_handler.ts";

/** Registers the tests. */
export function testFailures({ create, subject, test }: Contract): void {
  test("run() starts no further call after one has failed", async () => {
    const handler = watchRoot();
    const parallel = create({}, 1);
    const calls = [
      delayed(tasks.logThenThrow)(),
      ...Array.from({ length: 50 }, (_, n) => delayed(logLine)(`call ${n}`)),
    ];
    await assertRejects(() => parallel.run(calls), RangeError, "the end");
    assertEquals(handler.messages, ["before the end"]);
  });

  test("run() stops the other calls when one has failed, with its error", async () => {
    const handler = watchRoot();
    async function* calls() {
      yield delayed(waitForAbort)("other");
      await handler.untilMessage("other waits");
      yield delayed(tasks.logThenThrow)();
    }
    await assertRejects(() => create().run(calls()), RangeError, "the end");
    assertEquals(handler.messages, [
      "other waits",
      "before the end",
      "other ends: RangeError: the end",
    ]);
  }, subject.noParallel);

  test("run() rejects with what a task throws outside of what it awaits", async () => {
    await using parallel = create({}, 1);
    const outside = await assertRejects(
      () => parallel.run([delayed(tasks.throwOutside)()]),
      Error,
    );
    assertEquals([outside.constructor.name, outside.message], ["PaymentError", "outside"]);
    await assertRejects(
      () => parallel.run([delayed(tasks.rejectOutside)()]),
      RangeError,
      "nobody listens",
    );
    assertEquals(await parallel.map(square, [2]), [4]);
  }, subject.noExit);

  test("runSettled() tells what became of each call, in their order", async () => {
    await using parallel = create();
    const unsendable = (() => {}) as unknown as number;
    const settled = await parallel.runSettled([
      delayed(square)(2),
      delayed(tasks.throwCustom)(1),
      delayed(square)(unsendable),
      delayed(square)(3),
      delayed(tasks.throwValue)(undefined),
    ]);
    const [first, custom, refused, fourth, last] = settled;
    assertEquals([first, fourth], [
      { status: "fulfilled", value: 4 },
      { status: "fulfilled", value: 9 },
    ]);
    assertEquals(last, { status: "rejected", reason: undefined });
    for (const [one, message] of [[custom, "no money for 1"], [refused, "Cannot send"]] as const) {
      assertEquals(one.status, "rejected");
      const { reason } = one as PromiseRejectedResult;
      assertInstanceOf(reason, Error);
      assertEquals(reason.message.startsWith(message), true, reason.message);
    }
    assertEquals(await parallel.runSettled([]), []);
  });
}
