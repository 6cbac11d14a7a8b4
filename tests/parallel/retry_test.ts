import { assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import { TaskTimeoutError, WorkerCrashError } from "../../src/parallel/errors.ts";
import { checkRetries, type RetryOptions, RetryPolicy } from "../../src/parallel/schedule/retry.ts";

const failed = new Error("failed");

/** How long each attempt after the first one waits, and how many there are. */
function waits(options: RetryOptions, random = 0): (number | undefined)[] {
  const policy = new RetryPolicy(options, () => random);
  const found = Array.from({ length: options.attempts }, (_, n) => policy.next(failed, n + 1));
  assertEquals(policy.next(failed, options.attempts + 1), undefined, "one more");
  return found;
}

Deno.test("RetryPolicy.next() doubles the wait up to maxBackoff", () => {
  assertEquals(waits({ attempts: 4 }), [100, 200, 400, 800]);
  assertEquals(waits({ attempts: 4, backoff: 10, multiplier: 3, maxBackoff: 50 }), [
    10,
    30,
    50,
    50,
  ]);
  assertEquals(waits({ attempts: 3, backoff: 7, multiplier: 1 }), [7, 7, 7]);
  assertEquals(waits({ attempts: 2, backoff: 40_000 }), [40_000, 40_000]);
  assertEquals(new RetryPolicy({ attempts: 5000 }, () => 0).next(failed, 5000), 30_000);
});

Deno.test("RetryPolicy.next() waits not at all without a backoff, however many attempts there were", () => {
  assertEquals(waits({ attempts: 2, backoff: 0 }), [0, 0]);
  assertEquals(new RetryPolicy({ attempts: 5000, backoff: 0 }).next(failed, 5000), 0);
});

Deno.test("RetryPolicy.next() leaves a part of the wait to chance", () => {
  const backoff = 100;
  assertEquals(waits({ attempts: 2, backoff }, 0.5), [75, 150]);
  assertEquals(waits({ attempts: 2, backoff, jitter: 1 }, 0.75), [25, 50]);
  assertEquals(waits({ attempts: 2, backoff, jitter: 0 }, 0.75), [100, 200]);
  const policy = new RetryPolicy({ attempts: 1, backoff });
  const drawn = Array.from({ length: 1000 }, () => policy.next(failed, 1) ?? NaN);
  assertEquals(drawn.filter((wait) => !(wait > 50 && wait <= 100)), []);
  assertEquals(new Set(drawn).size > 900, true);
});

Deno.test("RetryPolicy.next() asks `when`, and says no more where it says no", () => {
  const asked: [unknown, number][] = [];
  const when = (error: unknown, attempt: number) => {
    asked.push([error, attempt]);
    return error instanceof RangeError;
  };
  const policy = new RetryPolicy({ attempts: 2, jitter: 0, when });
  const far = new RangeError("far");
  assertEquals([policy.next(far, 1), policy.next(failed, 2)], [100, undefined]);
  assertEquals(policy.next(far, 3), undefined);
  assertEquals(asked, [[far, 1], [failed, 2]]); // Not where there is no further attempt.
});

Deno.test("RetryPolicy.next() throws both errors when `when` throws", () => {
  const broken = new RangeError("no such field");
  const policy = new RetryPolicy({
    attempts: 2,
    when: () => {
      throw broken;
    },
  });
  const error = assertThrows(() => policy.next(failed, 1), AggregateError);
  assertEquals(error.errors, [failed, broken]);
  assertStringIncludes(error.message, "`when` of retries failed: no such field");
});

Deno.test("RetryPolicy.next() throws when `when` answers with a promise", () => {
  const when = (() => Promise.reject(new Error("late"))) as unknown as () => boolean;
  const policy = new RetryPolicy({ attempts: 2, when });
  const error = assertThrows(() => policy.next(failed, 1), AggregateError);
  assertEquals(error.errors[0], failed);
  assertInstanceOf(error.errors[1], TypeError);
  assertStringIncludes(error.message, "decide without waiting");
});

Deno.test("RetryPolicy.next() does not try again what can't succeed", () => {
  const policy = new RetryPolicy({ attempts: 9, jitter: 0, when: () => true });
  const message = "no reason";
  const timeout = (phase: "run" | "queue") =>
    new TaskTimeoutError("work", { index: 1, timeout: 5, phase });
  const cases: [unknown, number | undefined][] = [
    [new WorkerCrashError("Worker-1", { kind: "start", message }), undefined],
    [new WorkerCrashError("Worker-1", { kind: "initializer", message }), undefined],
    [new WorkerCrashError("Worker-1", { kind: "exit", code: 1 }), 100],
    [timeout("queue"), undefined],
    [timeout("run"), 100],
    [Object.assign(new Error("bad input"), { retriable: false }), undefined],
    [Object.assign(new Error("busy"), { retriable: true }), 100],
    [{ retriable: false }, undefined],
    ["text", 100],
    [undefined, 100],
    [null, 100],
  ];
  for (const [error, wait] of cases) assertEquals(policy.next(error, 1), wait, String(error));
});

Deno.test("checkRetries() takes a number or an object", () => {
  assertEquals([undefined, 0, { attempts: 0 }].map(checkRetries), [
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals(checkRetries(3)?.attempts, 3);
  assertEquals(checkRetries({ attempts: 2, backoff: 5 })?.attempts, 2);
});

Deno.test("checkRetries() refuses what is neither", () => {
  const bad: [unknown, typeof TypeError | typeof RangeError, string][] = [
    [
      "3",
      TypeError,
      'current value of retries is "3", allowed are whole numbers from 0 and objects',
    ],
    [null, TypeError, "current value of retries is null"],
    [-1, RangeError, "Cannot set retries: current value is -1"],
    [1.5, RangeError, "Cannot set retries: current value is 1.5"],
    [{}, TypeError, "Cannot set attempts of retries: current value is undefined"],
    [{ attempt: 3 }, TypeError, 'unknown option "attempt"'],
    [{ attempts: 3, max_backoff: 3 }, TypeError, "did you mean maxBackoff?"],
    [{ attempts: NaN }, RangeError, "attempts of retries: current value is NaN"],
    [{ attempts: 3, backoff: -1 }, RangeError, "value of backoff is -1, allowed is from 0"],
    [{ attempts: 3, backoff: "5" }, TypeError, 'value of backoff is "5", allowed are numbers'],
    [{ attempts: 3, backoff: 2 ** 31 }, RangeError, "allowed is from 0 to 2147483647"],
    [{ attempts: 3, multiplier: 0.5 }, RangeError, "value of multiplier is 0.5"],
    [{ attempts: 3, multiplier: Infinity }, RangeError, "value of multiplier is Infinity"],
    [{ attempts: 3, backoff: 9, maxBackoff: 8 }, RangeError, "maxBackoff is 8, allowed is from 9"],
    [{ attempts: 3, jitter: 2 }, RangeError, "value of jitter is 2, allowed is from 0 to 1"],
    [{ attempts: 3, jitter: NaN }, RangeError, "value of jitter is NaN"],
    [{ attempts: 3, when: true }, TypeError, "value of when is true, write (error) => …"],
  ];
  for (const [option, Class, text] of bad) {
    assertThrows(() => checkRetries(option), Class, text);
  }
});
