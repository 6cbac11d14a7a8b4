/**
 * What every backend has to do. Each case runs once a backend; the expected values are the same for
 * all of them.
 */

import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  type Backend,
  basicConfig,
  type Call,
  delayed,
  disable,
  getLogger,
  Parallel,
  type ParallelOptions,
  withCleanRootLogger,
  withContext,
} from "@paralog/paralog";
import { captureStderr } from "./capture_stderr.ts";
import { ListHandler } from "./list_handler.ts";
import * as tasks from "./tasks.ts";

/** A backend under test, and what it can't do, with the reason. */
export interface Subject {
  readonly backend: "inline" | "workers" | Backend;
  readonly nJobs: number;
  /** Why a task that ends its thread can't be tested, if it can't. */
  readonly noExit?: string;
  /** Why a task that never ends can't be tested, if it can't. */
  readonly noEndless?: string;
}

/** Registers the contract's tests for one backend. */
export function testBackend(name: string, subject: Subject): void {
  const test = (title: string, fn: () => Promise<void>, reason?: string) =>
    Deno.test({
      name: `${name}: ${title}${reason ? ` (skipped: ${reason})` : ""}`,
      ignore: reason !== undefined,
      // Each in a realm of its own, so that tests share no configuration.
      fn: () => withCleanRootLogger(fn),
    });
  const create = (options: ParallelOptions = {}) =>
    new Parallel(subject.nJobs, { backend: subject.backend, ...options });

  test("run() returns results in the order of the calls", async () => {
    const calls = [1, 2, 3, 4, 5].map((x) => delayed(tasks.squareLater)(x));
    const results: number[] = await create().run(calls);
    assertEquals(results, [1, 4, 9, 16, 25]);
  });

  test("run() returns an empty list when there are no calls", async () => {
    assertEquals(await create().run([]), []);
  });

  test("run() takes any iterable, and calls of different types", async () => {
    function* calls() {
      yield delayed(tasks.square)(3);
      yield delayed(tasks.square)(4);
    }
    assertEquals(await create().run(calls()), [9, 16]);
    const mixed: [number, string] = await create().run([
      delayed(tasks.square)(2),
      delayed(tasks.default)(),
    ]);
    assertEquals(mixed, [4, "default"]);
  });

  test("map() calls a task for each item", async () => {
    assertEquals(await create().map(tasks.square, new Set([1, 2, 3])), [1, 4, 9]);
  });

  test("run() finds a task that is exported under another name", async () => {
    assertEquals(await create().run([delayed(tasks.renamedSquare)(5)]), [25]);
    assertEquals(await create().run([delayed(tasks.default)()]), ["default"]);
  });

  test("run() sends a plain function by its source", async () => {
    const shout = (text: string) => `${text}, ${["漢字", "é", "🦕"].join(" ")}!`;
    async function later(x: number) {
      await Promise.resolve();
      return x + 1;
    }
    const object = {
      double(x: number) {
        return x * 2;
      },
      async *rows() {},
    };
    assertEquals(await create().map(shout, ["grüß"]), ["grüß, 漢字 é 🦕!"]);
    assertEquals(await create().map(later, [1]), [2]);
    assertEquals(await create().map(object.double, [4]), [8]);
  });

  test("a function sent by its source may use what the library exports", async () => {
    const handler = new ListHandler();
    basicConfig({ level: "INFO", handlers: [handler], format: "%(name)s %(message)s" });
    await create().map((x: number) => getLogger("by.source").info("x is %d", x), [7]);
    assertEquals(handler.lines, ["by.source x is 7"]);
  });

  test("a function sent by its source that uses a name from around it says which", async () => {
    const outside = 10;
    const error = await assertRejects(
      () =>
        create().map(function addOutside(x: number) {
          return x + outside;
        }, [1]),
      ReferenceError,
      '"outside" is not defined',
    );
    assertStringIncludes(error.message, "task(import.meta, function addOutside");
  });

  test("arguments are copies, as they are for a worker", async () => {
    const list = [1, 2, 3];
    assertEquals(await create().run([delayed(tasks.changeArgument)(list)]), [[1, 2, 3, 4]]);
    assertEquals(list, [1, 2, 3]);
  });

  test("run() refuses arguments that can't be sent, by name and path", async () => {
    const call = delayed(tasks.changeArgument)([{ done: () => {} }] as unknown as number[]);
    await assertRejects(
      () => create().run([call]),
      TypeError,
      "Cannot send the arguments of changeArgument to it: args[0][0].done is a function",
    );
  });

  test("run() refuses a result that can't be sent, by path", async () => {
    await assertRejects(
      () => create().run([delayed(tasks.returnFunction)()]),
      TypeError,
      "Cannot send the result of returnFunction back: the result.list[1].callback is a function",
    );
  });

  test("run() rejects with the error of a task: class, message, fields, cause, stack", async () => {
    const error = await assertRejects(() => create().run([delayed(tasks.throwCustom)(7)]), Error);
    assertEquals(error.constructor.name, "PaymentError");
    assertEquals([error.name, error.message], ["Error", "no money for 7"]);
    assertEquals((error as tasks.PaymentError).code, "E_FUNDS");
    assertInstanceOf(error.cause, TypeError);
    assertEquals(error.cause.message, "card refused");
    assertMatch(error.stack ?? "", /no money for 7\n.*throwCustom.*tasks\.ts/s);
  });

  test("run() keeps built-in classes, aggregated errors and thrown values", async () => {
    const aggregate = await assertRejects(
      () => create().run([delayed(tasks.throwAggregate)()]),
      AggregateError,
      "both failed",
    );
    assertInstanceOf(aggregate.errors[0], RangeError);
    assertEquals(aggregate.errors[1], "two");
    await assertRejects(
      () => create().run([delayed(tasks.throwNotFound)()]),
      Deno.errors.NotFound,
    );
    const thrown: unknown = await create().run([delayed(tasks.throwText)()]).catch((e) => e);
    assertEquals(thrown, "just a text");
  });

  test("run() passes on whatever is thrown, and never loses the reason", async () => {
    const thrown = async (fn: () => unknown): Promise<unknown> => {
      const outcome = await create().run([delayed(fn)()]).then(() => [], (error) => [error]);
      return outcome[0];
    };
    for (const value of [null, undefined, 0, { a: [1] }]) {
      const call = delayed(tasks.throwValue)(value);
      assertEquals(await create().run([call]).catch((error) => [error]), [value]);
    }
    const abort = await thrown(() => {
      throw new DOMException("stop", "AbortError");
    });
    assertInstanceOf(abort, DOMException);
    assertEquals([abort.name, abort.message], ["AbortError", "stop"]);
    const suppressed = await thrown(() => {
      throw new SuppressedError(new RangeError("later"), new TypeError("first"), "both");
    });
    assertInstanceOf(suppressed, SuppressedError);
    assertEquals([suppressed.message, suppressed.error.message], ["both", "later"]);
    assertInstanceOf(suppressed.suppressed, TypeError);
    const hostile = await thrown(() => {
      class Hostile extends DOMException {
        override readonly code = 499;
        static override readonly name = 5 as unknown as string;
      }
      const error = new Hostile("gone", "AbortError");
      Object.defineProperty(error, "bad", {
        enumerable: true,
        get: () => {
          throw new Error("getter");
        },
      });
      throw error;
    });
    assertInstanceOf(hostile, Error);
    assertEquals([hostile.message, Reflect.get(hostile, "code")], ["gone", 499]);
    assertStringIncludes(Reflect.get(hostile, "bad"), "can't be read");
  });

  test("run() stops between calls that never wait when its signal aborts", async () => {
    const calls = Array.from({ length: 1000 }, () => delayed(tasks.spin)(10));
    await assertRejects(
      () => create().run(calls, { signal: AbortSignal.timeout(100) }),
      DOMException,
      "timeout",
    );
  });

  test("an aborted call does not hold up the next run of an `await using`", async () => {
    await using parallel = create();
    const started = new SharedArrayBuffer(4);
    const running = parallel.run([delayed(tasks.neverEnds)(started)], {
      signal: AbortSignal.timeout(50),
    });
    await assertRejects(() => running, DOMException, "timeout");
    assertEquals(await parallel.map(tasks.square, [3]), [9]);
  }, subject.noEndless);

  test("run() and map() refuse bad input before anything starts", async () => {
    const parallel = create();
    const bad: [() => Promise<unknown>, string][] = [
      [() => parallel.run([5 as unknown as Call]), "Cannot run 5 as call 0: write delayed(fn)"],
      [() => parallel.run([tasks.square as unknown as Call]), "the arguments are missing"],
      [() => parallel.run([Promise.resolve() as unknown as Call]), "was called already"],
      [() => parallel.run(5 as unknown as Call[]), "Cannot run 5: give a list of calls"],
      [() => parallel.map(tasks.square, 5 as unknown as number[]), "Cannot map over 5"],
      [() => parallel.run([], { timeout: 5 } as object), 'unknown option "timeout"'],
      [() => parallel.run([], { signal: 5 } as object), "Cannot run calls with 5 as signal"],
      [() => parallel.run([], null as unknown as object), "Cannot run calls with null as options"],
    ];
    for (const [run, text] of bad) await assertRejects(run, TypeError, text);
  });

  test("what a task posts itself is not taken for its result", async () => {
    const post = (value: number) => {
      Reflect.get(self, "postMessage")?.call(self, { type: "done", value: "spoofed" });
      return value;
    };
    assertEquals(await create().map(post, [1]), [1]);
  });

  test("run() starts no further call after one has failed", async () => {
    const handler = new ListHandler();
    basicConfig({ level: "DEBUG", handlers: [handler], format: "%(message)s" });
    const others = Array.from(
      { length: subject.nJobs - 1 },
      () => delayed(tasks.neverEnds)(new SharedArrayBuffer(4)), // Each keeps a worker busy.
    );
    const calls = [
      delayed(tasks.logThenThrow)(),
      ...others,
      ...Array.from({ length: 50 }, (_, n) => delayed(tasks.logOnModuleLogger)(`call ${n}`)),
    ];
    await assertRejects(() => create().run(calls), RangeError, "the end");
    assertEquals(handler.lines.filter((line) => line.startsWith("info of call")), []);
  });

  test("records of a task without handlers reach the caller's, before its result", async () => {
    const handler = new ListHandler();
    basicConfig({
      level: "INFO",
      handlers: [handler],
      format: "%(levelname)s %(name)s %(message)s",
    });
    await create().run([delayed(tasks.logOnModuleLogger)("a")]);
    const [info, error] = handler.records;
    assertEquals(handler.lines[0], "INFO lib.tasks info of a");
    assertEquals([info?.taskIndex, info?.args, info?.extra], [0, ["a"], { name: "a" }]);
    assertEquals([error?.error?.className, error?.error?.message], ["RangeError", "too far"]);
    assertMatch(handler.lines[1] ?? "", /^ERROR lib.tasks error of a\nRangeError: too far\n.*/s);
    assertMatch(handler.lines[1] ?? "", /Caused by: Error: why/);
    assertEquals(handler.records.length, 2);
  });

  test("the caller's levels count for a task that sets none", async () => {
    const handler = new ListHandler();
    basicConfig({ level: "ERROR", handlers: [handler] });
    await create().run([delayed(tasks.logOnModuleLogger)("a")]);
    assertEquals(handler.records.map((record) => record.levelName), ["ERROR"]);
    getLogger("lib").setLevel("DEBUG");
    await create().run([delayed(tasks.logOnModuleLogger)("b")]);
    assertEquals(handler.records.map((record) => record.levelName), [
      "ERROR",
      "DEBUG",
      "INFO",
      "ERROR",
    ]);
  });

  test("a level that a task sets is its own, and the caller's still filters", async () => {
    const handler = new ListHandler();
    basicConfig({ level: "INFO", handlers: [handler], format: "%(message)s" });
    assertEquals(await create().map(tasks.setLevelAndLog, ["DEBUG", "ERROR", "WARN"]), [
      20,
      20,
      20,
    ]);
    assertEquals(handler.lines, ["warn", "warn"]);
    assertEquals(getLogger("lib").level, 0);
  });

  test("the caller's filters see the records of tasks", async () => {
    const handler = new ListHandler();
    basicConfig({ level: "INFO", handlers: [handler], format: "%(message)s" });
    getLogger("lib.tasks").addFilter((record) => ({ ...record, msg: `[${record.msg}]` }));
    await create().run([delayed(tasks.logOnModuleLogger)("a")]);
    assertEquals(handler.records.map((record) => record.msg), ["[info of a]", "[error of a]"]);
  });

  test("the context of the run is on the records of its tasks", async () => {
    const handler = new ListHandler();
    basicConfig({ handlers: [handler], format: "%(requestId)s %(message)s" });
    const run = () => create().map(tasks.describeSelf, ["a"]);
    await Promise.all([1, 2].map((requestId) => withContext({ requestId }, run)));
    assertEquals(handler.lines.toSorted(), ["1 self a", "2 self a"]);
    await run();
    assertEquals(handler.records.at(-1)?.extra, undefined);
  });

  test("records of tasks say where they were logged when the caller's formatter asks", async () => {
    const handler = new ListHandler();
    basicConfig({ handlers: [handler], format: "%(filename)s %(funcName)s %(message)s" });
    await create().map(tasks.describeSelf, ["a"]);
    assertEquals(handler.lines, ["tasks.ts describeSelf self a"]);
    assertEquals(handler.records[0]?.location?.file.endsWith("/tests/support/tasks.ts"), true);
    await create().run([delayed(() => getLogger().warn("of a source"))()]); // It has no place.
    assertEquals(handler.lines[1], "(unknown file) (unknown function) of a source");
  });

  test("disable() and changes of levels in the caller count for its tasks", async () => {
    const enabled = async () => (await create().map(tasks.describeSelf, ["a"]))[0];
    basicConfig({ level: "INFO", handlers: [new ListHandler()] });
    const seen = [await enabled()];
    disable("INFO");
    seen.push(await enabled());
    disable("NOTSET");
    getLogger("lib").setLevel("ERROR");
    seen.push(await enabled());
    getLogger("lib.self").setLevel("DEBUG");
    seen.push(await enabled());
    assertEquals(seen, [true, false, false, true]);
  });

  test("a filter of the caller that throws is reported, and neither the task nor the run fails", async () => {
    const handler = new ListHandler();
    basicConfig({ level: "INFO", handlers: [handler], format: "%(message)s" });
    getLogger("lib.tasks").addFilter((record) => {
      if (record.level < 40) throw new RangeError("broken filter");
      return true;
    });
    const reported = await captureStderr(async () => {
      assertEquals(await create().map(tasks.logOnModuleLogger, ["a"]), [undefined]);
    });
    assertEquals(handler.records.map((record) => record.msg), ["error of a"]);
    assertEquals(reported.split("Logging error").length, 2);
    assertMatch(reported, /Logging error.*broken filter.*INFO:lib\.tasks:info of a/s);
  });

  test("each task configures a clean root of its own, @std/log included", async () => {
    const handler = new ListHandler();
    basicConfig({ level: "INFO", handlers: [handler] });
    getLogger().addFilter(() => false);
    const results = await create().run(["a", "b"].map((name) => delayed(tasks.logOnOwnRoot)(name)));
    for (const [index, name] of ["a", "b"].entries()) {
      assertEquals(results[index], {
        before: 0,
        lines: [
          `DEBUG root ${name}: root`,
          "DEBUG lib.tasks module logger",
          `INFO root ${name}: std/log`,
          `DEBUG root ${name}: std/log debug`,
        ],
      });
    }
    assertEquals(handler.lines, []);
    assertEquals(getLogger().handlers, [handler]);
  });

  test("what a task logs through @std/log reaches the caller's handlers", async () => {
    const handler = new ListHandler();
    basicConfig({
      level: "INFO",
      handlers: [handler],
      format: "%(levelname)s %(name)s %(message)s",
    });
    await create().map(tasks.logThroughStdLog, ["a"]);
    assertEquals(handler.lines, ["WARN root std/log of a"]);
  });

  test("a record with fields that can't be sent arrives with their text", async () => {
    const handler = new ListHandler();
    basicConfig({ level: "INFO", handlers: [handler], format: "%(message)s" });
    await create().run([delayed(tasks.logOddFields)()]);
    const extra = handler.records[0]?.extra ?? {};
    assertEquals(handler.lines, ["odd"]);
    assertEquals(extra.big, 12n);
    assertEquals(Object.keys(extra), ["callback", "symbol", "cycle", "big"]);
  });

  test(
    "an aborted run rejects with the reason of its signal",
    async () => {
      const started = new SharedArrayBuffer(4);
      const controller = new AbortController();
      const running = create({ signal: controller.signal })
        .run([delayed(tasks.neverEnds)(started), delayed(tasks.square)(1)]);
      await Atomics.waitAsync(new Int32Array(started), 0, 0).value;
      controller.abort(new RangeError("enough"));
      await assertRejects(() => running, RangeError, "enough");
      await assertRejects(
        () => create().run([delayed(tasks.square)(1)], { signal: controller.signal }),
        RangeError,
        "enough",
      );
    },
    subject.noEndless,
  );

  test("several runs share the workers of an `await using`", async () => {
    await using parallel = create();
    const [first, second] = await Promise.all([
      parallel.map(tasks.squareLater, [1, 2, 3]),
      parallel.map(tasks.square, [4, 5]),
    ]);
    assertEquals([first, second], [[1, 4, 9], [16, 25]]);
    const error = await assertRejects(() => parallel.map(tasks.throwCustom, [1]), Error);
    assertEquals(error.message, "no money for 1");
    assertEquals(await parallel.map(tasks.square, [6]), [36]);
  });

  test("run() rejects after the scope of an `await using` has ended", async () => {
    const parallel = create();
    await parallel[Symbol.asyncDispose]();
    await parallel[Symbol.asyncDispose]();
    await assertRejects(() => parallel.map(tasks.square, [1]), TypeError, "was closed");
  });

  test("a run that is not awaited rejects when the scope of its `await using` ends", async () => {
    const running: Promise<unknown>[] = [];
    {
      await using parallel = create();
      running.push(parallel.map(tasks.interval, [5, 5, 5, 5]));
      running.push(parallel.map(tasks.square, [1, 2]));
    }
    for (const { status, reason } of await Promise.allSettled(running) as PromiseRejectedResult[]) {
      assertEquals(status, "rejected");
      assertMatch(String(reason), /Parallel was closed/);
    }
  });

  test("a task may run tasks of its own, whose records reach the caller too", async () => {
    const handler = new ListHandler();
    basicConfig({ level: "INFO", handlers: [handler], format: "%(message)s" });
    assertEquals(await create().run([delayed(tasks.nested)([1, 2])]), [[1, 4]]);
    assertEquals(handler.records.map((record) => record.msg), [
      "outer task",
      "info of inner",
      "error of inner",
    ]);
  });

  test("a worker that dies after its call is not used again", async () => {
    await using parallel = create();
    const handler = new ListHandler();
    const died = Promise.withResolvers<void>();
    handler.emit = () => died.resolve();
    basicConfig({ level: "INFO", handlers: [handler] });
    await parallel.run([delayed(() => void setTimeout(() => self.close(), 10))()]);
    await died.promise;
    assertEquals(await parallel.map(tasks.square, [1]), [1]);
  }, subject.noExit);

  test("run() rejects when a task ends its worker, and the next run works", async () => {
    await using parallel = create();
    const handler = new ListHandler();
    basicConfig({ level: "INFO", handlers: [handler], format: "%(message)s" });
    const ends = [
      [delayed(tasks.exit)(3), { kind: "exit", code: 3 }],
      [delayed(tasks.processExit)(4), { kind: "exit", code: 4 }],
      [delayed(tasks.closeSelf)(), { kind: "close" }],
    ] as const;
    for (const [call, reason] of ends) {
      const error: unknown = await parallel.run([call as Call]).catch((error) => error);
      assertInstanceOf(error, Error);
      assertEquals([error.name, Reflect.get(error, "reason")], ["WorkerCrashError", reason]);
      assertStringIncludes(error.message, call.task.name);
      assertEquals(await parallel.map(tasks.square, [2]), [4]);
    }
    assertEquals(handler.lines, ["about to exit"]);
  }, subject.noExit);

  test("run() rejects with what a task throws outside of what it awaits", async () => {
    const outside = await assertRejects(() => create().run([delayed(tasks.throwOutside)()]), Error);
    assertEquals([outside.constructor.name, outside.message], ["PaymentError", "outside"]);
    await assertRejects(
      () => create().run([delayed(tasks.rejectOutside)()]),
      RangeError,
      "nobody listens",
    );
  }, subject.noExit);
}
