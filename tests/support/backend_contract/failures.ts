/** Errors on their way back, whatever is thrown. */

import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { basicConfig, delayed } from "@paralog/paralog";
import { ListHandler } from "../list_handler.ts";
import * as tasks from "../tasks.ts";
import type { Contract } from "./contract.ts";

/** Registers the tests. */
export function testFailures({ create, subject, test }: Contract): void {
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

  test("run() starts no further call after one has failed", async () => {
    const handler = new ListHandler();
    basicConfig({ level: "DEBUG", handlers: [handler], format: "%(message)s" });
    const others = Array.from(
      { length: subject.nJobs - 1 },
      () => delayed(tasks.neverEnds)(), // Each keeps a worker busy.
    );
    const calls = [
      delayed(tasks.logThenThrow)(),
      ...others,
      ...Array.from({ length: 50 }, (_, n) => delayed(tasks.logOnModuleLogger)(`call ${n}`)),
    ];
    await assertRejects(() => create().run(calls), RangeError, "the end");
    assertEquals(handler.lines.filter((line) => line.startsWith("info of call")), []);
  });

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
