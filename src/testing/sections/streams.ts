/**
 * Results that are given one after the other.
 *
 * @module
 */

import { delayed } from "../../parallel/mod.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import type { Contract } from "../contract.ts";
import { untilTrue } from "../patience.ts";
import { waitForAbort } from "../tasks/ends.ts";
import { throwCustom } from "../tasks/failures.ts";
import { logLine } from "../tasks/logs.ts";
import { square, squareLater } from "../tasks/values.ts";
import { watchRoot } from "../watched_handler.ts";

/** An endless input that knows how far it was gone through. */
class Squares {
  taken = 0;
  isClosed = false;

  *calls() {
    try {
      for (;;) yield delayed(square)(this.taken++);
    } finally {
      this.isClosed = true;
    }
  }

  async *callsLater() {
    try {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve));
        yield delayed(square)(this.taken++);
      }
    } finally {
      this.isClosed = true;
    }
  }
}

/** Registers the tests. */
export function testStreams({ create, subject, test }: Contract): void {
  test("stream() gives results in the order of the calls", async () => {
    const results: number[] = [];
    const calls = [1, 2, 3, 4, 5].map((x) => delayed(squareLater)(x));
    for await (const result of create().stream(calls)) results.push(result);
    assertEquals(results, [1, 4, 9, 16, 25]);
  });

  test("stream() gives each result once, in any order", async () => {
    const calls = Array.from({ length: 50 }, (_, x) => delayed(square)(x));
    const results = await Array.fromAsync(create().stream(calls, { ordered: false }));
    assertEquals(results.toSorted((a, b) => a - b), calls.map((_, x) => x * x));
  });

  test("stream() gives results as they are there, if that is asked for", async () => {
    await using parallel = create({ batchSize: 1 });
    const calls = [delayed(waitForAbort)("first"), delayed(logLine)("second")];
    const stream = parallel.stream(calls, { ordered: false });
    assertEquals(await stream.next(), { done: false, value: "second" });
    await stream.return();
  }, subject.noParallel);

  for (const later of [false, true]) {
    test(`stream() goes through an ${later ? "asynchronous " : ""}endless input as far as is asked for`, async () => {
      const input = new Squares();
      const stream = create({ preDispatch: 3, batchSize: 1 }).stream(
        later ? input.callsLater() : input.calls(),
      );
      const results: number[] = [];
      for await (const result of stream) {
        results.push(result);
        if (results.length === 5) break;
      }
      assertEquals(results, [0, 1, 4, 9, 16]);
      assert(input.taken >= 5 && input.taken <= 5 + 3 + 1, `${input.taken} were taken`);
      await untilTrue(() => input.isClosed, "the end of the input"); // It may be about to give a call.
      assertEquals((await stream.next()).done, true);
    });
  }

  test("stream() starts nothing before a result is asked for", async () => {
    const input = new Squares();
    const parallel = create();
    await parallel.stream(input.calls()).return();
    assertEquals([input.taken, parallel.stats.allWorkers.started], [0, 0]);
  });

  test("several results of a stream may be asked for at once", async () => {
    await using stream = create().stream([1, 2, 3].map((x) => delayed(squareLater)(x)));
    const asked = await Promise.all([1, 2, 3, 4].map(() => stream.next()));
    assertEquals(asked.map(({ value }) => value), [1, 4, 9, undefined]);
  });

  test("leaving a stream stops the calls that run, and starts no other", async () => {
    const handler = watchRoot();
    await using parallel = create({ batchSize: 1 }, 1);
    const calls = ["waits", "is not started"].map((name) => delayed(waitForAbort)(name));
    const stream = parallel.stream([delayed(logLine)("first"), ...calls]);
    assertEquals((await stream.next()).value, "first");
    await handler.untilMessage("waits waits");
    await stream.return();
    const [, , ended, ...rest] = handler.messages;
    assertEquals(ended?.startsWith("waits ends: AbortError"), true, ended);
    assertEquals(rest, []);
    assertEquals(await parallel.map(square, [2]), [4]);
  });

  for (const batchSize of [1, 4]) {
    test(`results of a stream come before the error of a call, in batches of ${batchSize}`, async () => {
      await using parallel = create({ batchSize }, 1);
      const stream = parallel.stream([
        delayed(square)(1),
        delayed(square)(2),
        delayed(throwCustom)(3),
        delayed(square)(4),
      ]);
      assertEquals([(await stream.next()).value, (await stream.next()).value], [1, 4]);
      await assertRejects(() => stream.next(), Error, "no money for 3");
      assertEquals(await stream.next(), { done: true, value: undefined });
    });
  }

  test("an input that fails ends the run with its error, and stops what runs", async () => {
    const handler = watchRoot();
    await using parallel = create({ batchSize: 1 }, 1);
    const error = new RangeError("no more input");
    const failing = async function* (name: string) {
      yield delayed(waitForAbort)(name);
      await handler.untilMessage(`${name} waits`);
      throw error;
    };
    const stream = parallel.stream(failing("stream"));
    for (const ended of [() => parallel.run(failing("run")), () => stream.next()]) {
      assertEquals(await assertRejects(ended), error);
    }
    assertEquals(handler.messages.filter((text) => text.includes("ends")), [
      "run ends: RangeError: no more input",
      "stream ends: RangeError: no more input",
    ]);
    const atOnce = function* () {
      yield* [];
      throw error;
    };
    assertEquals(await assertRejects(() => parallel.runSettled(atOnce())), error);
  });

  test("stream() rejects with the reason of a signal, and may give the records of tasks", async () => {
    watchRoot();
    await using parallel = create({ batchSize: 1 }, 1);
    const controller = new AbortController();
    const calls = [delayed(logLine)("a"), delayed(waitForAbort)("b")];
    const stream = parallel.stream(calls, { collectLogs: true, signal: controller.signal });
    const first = await stream.next();
    assertEquals(first.value?.records.map(({ msg }) => msg), ["a"]);
    controller.abort(new RangeError("enough"));
    await assertRejects(() => stream.next(), RangeError, "enough");
  });

  test("no more calls are taken than preDispatch allows", async () => {
    const parallel = create({ preDispatch: 3, batchSize: 1 });
    const inFlight: number[] = [];
    function* calls() {
      for (let x = 0; x < 20; x++) {
        const { running, waiting } = parallel.stats.calls;
        inFlight.push(running + waiting);
        yield delayed(square)(x);
      }
    }
    await parallel.run(calls());
    assertEquals(inFlight.length, 20);
    assert(Math.max(...inFlight.slice(1)) <= 2, `${inFlight} were in flight`);
  });
}
