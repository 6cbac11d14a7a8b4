/**
 * Calls that are tried again.
 *
 * @module
 */

import { delayed } from "../../parallel/mod.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import type { Contract } from "../contract.ts";
import { exitAtFirst, succeedAt } from "../tasks/attempts.ts";
import { throwHopeless } from "../tasks/failures.ts";
import { logLine } from "../tasks/logs.ts";
import { watchRoot } from "../watched_handler.ts";

/** As often as a test needs, without a pause. */
const AT_ONCE = { attempts: 2, backoff: 0 };

/** Registers the tests. */
export function testRetries({ create, subject, test }: Contract): void {
  test("a call that fails is tried again, and knows which attempt it is", async () => {
    const handler = watchRoot();
    const parallel = create({ retries: AT_ONCE, batchSize: 3 }, 1);
    const calls = [1, 3, 2].map((attempt) => delayed(succeedAt)(attempt));
    assertEquals(await parallel.run(calls), [1, 3, 2]);
    const attempts = handler.records.filter(({ name }) => name === "lib.attempts").map(
      ({ taskIndex, attempt, args }) => ({ taskIndex, attempt, args }),
    );
    const expected = [[0, 1], [1, 1], [1, 2], [1, 3], [2, 1], [2, 2]] as const;
    const order = ({ taskIndex = 0, attempt = 0 }) => taskIndex * 10 + attempt;
    assertEquals(
      attempts.toSorted((a, b) => order(a) - order(b)),
      expected.map(([taskIndex, attempt]) => ({ taskIndex, attempt, args: [attempt] })),
    );
    const { taken, done, failed, retried } = parallel.stats.calls;
    assertEquals([taken, done, failed, retried], [3, 3, 0, 3]);
  });

  test("a call whose last attempt fails has failed with its error", async () => {
    await using parallel = create({ retries: AT_ONCE }, 1);
    await assertRejects(
      () => parallel.run([delayed(succeedAt)(4)]),
      RangeError,
      "attempt 3 failed",
    );
    const [settled] = await parallel.runSettled([delayed(succeedAt)(4)]);
    assertEquals(String((settled as PromiseRejectedResult).reason), "RangeError: attempt 3 failed");
  });

  test("a call is not tried again if its error, or `when`, says that it can't help", async () => {
    const handler = watchRoot();
    const hopeless = create({ retries: AT_ONCE }, 1);
    await assertRejects(() => hopeless.run([delayed(throwHopeless)()]), Error, "bad input");
    assertEquals(handler.messages, ["tried"]);
    const asked: unknown[] = [];
    const when = (error: unknown, attempt: number) => {
      asked.push([String(error), attempt]);
      return attempt < 2;
    };
    const picky = create({ retries: { ...AT_ONCE, when } }, 1);
    await assertRejects(() => picky.run([delayed(succeedAt)(3)]), RangeError, "attempt 2 failed");
    assertEquals(asked, [["RangeError: attempt 1 failed", 1], ["RangeError: attempt 2 failed", 2]]);
  });

  test("the records of all attempts are beside the result, and results keep their order", async () => {
    watchRoot();
    await using parallel = create({ retries: AT_ONCE, batchSize: 2 }, 1);
    const calls = [delayed(succeedAt)(3), delayed(logLine)("b")];
    const results = await Array.fromAsync(parallel.stream(calls, { collectLogs: true }));
    assertEquals(results.map(({ value }) => value), [3, "b"]);
    const [all = [], other] = results.map(({ records }) =>
      records.filter(({ name }) => name.startsWith("lib.")).map((
        { msg, attempt },
      ) => [msg, attempt])
    );
    assertEquals(all, [1, 2, 3].map((attempt) => [`attempt ${attempt}`, attempt]));
    assertEquals(other, [["b", 1]]);
  });

  test("a log of each task has all of its attempts", async () => {
    watchRoot();
    const folder = await Deno.makeTempDir();
    try {
      await using parallel = create({ retries: AT_ONCE }, 1);
      const calls = [3, 1].map((attempt) => delayed(succeedAt)(attempt));
      await parallel.run(calls, { taskLogs: `${folder}/%(taskIndex)d.log` });
      const logs = await Promise.all([0, 1].map((n) => Deno.readTextFile(`${folder}/${n}.log`)));
      assertEquals(logs.map((text) => text.match(/attempt \d(?=\n|$)/g)), [
        ["attempt 1", "attempt 2", "attempt 3"],
        ["attempt 1"],
      ]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  test("a call whose worker came to its end is tried again in another one", async () => {
    const handler = watchRoot();
    await using parallel = create({ retries: AT_ONCE, batchSize: 3 }, 1);
    const calls = [delayed(logLine)("a"), delayed(exitAtFirst)(), delayed(logLine)("b")];
    assertEquals(await parallel.run(calls), ["a", 2, "b"]);
    const said = handler.records.filter(({ name }) => name.startsWith("lib."));
    assertEquals(said.map(({ msg }) => msg).toSorted(), ["a", "attempt 1", "attempt 2", "b"]);
  }, subject.noExit);
}
