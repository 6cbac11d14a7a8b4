/**
 * Errors on their way back, whatever is thrown.
 *
 * @module
 */

import { delayed } from "../../parallel/mod.ts";
import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "../assert.ts";
import type { Contract } from "../contract.ts";
import * as tasks from "../tasks/failures.ts";

/** Registers the tests. */
export function testErrors({ create, test }: Contract): void {
  test("run() rejects with the error of a task: class, message, fields, cause, stack", async () => {
    const error = await assertRejects(() => create().run([delayed(tasks.throwCustom)(7)]), Error);
    assertEquals(error.constructor.name, "PaymentError");
    assertEquals([error.name, error.message], ["Error", "no money for 7"]);
    assertEquals((error as tasks.PaymentError).code, "E_FUNDS");
    assertInstanceOf(error.cause, TypeError);
    assertEquals(error.cause.message, "card refused");
    assertMatch(error.stack ?? "", /no money for 7\n.*throwCustom.*failures\.ts/s);
  });

  test("errors have the classes that their task lists", async () => {
    await using parallel = create({}, 1);
    const thrown = async (place: Parameters<typeof tasks.throwListed>[0]) =>
      await assertRejects(() => parallel.run([delayed(tasks.throwListed)(place)]), Error);
    const list = await thrown("list");
    assertInstanceOf(list, AggregateError);
    const errors: unknown[] = [
      await thrown("thrown"),
      (await thrown("cause")).cause,
      list.errors[0],
      Reflect.get(await thrown("field"), "inner"),
    ];
    for (const error of errors) {
      assertInstanceOf(error, tasks.PaymentError);
      assertEquals([error.message, error.code], ["no money", "E_FUNDS"]);
    }
  });

  test("run() keeps built-in classes, aggregated errors and thrown values", async () => {
    await using parallel = create({}, 1);
    const aggregate = await assertRejects(
      () => parallel.run([delayed(tasks.throwAggregate)()]),
      AggregateError,
      "both failed",
    );
    assertInstanceOf(aggregate.errors[0], RangeError);
    assertEquals(aggregate.errors[1], "two");
    await assertRejects(
      () => parallel.run([delayed(tasks.throwNotFound)()]),
      Deno.errors.NotFound,
    );
    for (const value of ["just a text", null, undefined, 0, { a: [1] }]) {
      const call = delayed(tasks.throwValue)(value);
      assertEquals(await parallel.run([call]).catch((error) => [error]), [value]);
    }
  });

  test("run() passes on whatever is thrown, and never loses the reason", async () => {
    await using parallel = create({}, 1);
    const thrown = async (fn: () => unknown): Promise<unknown> => {
      const outcome = await parallel.run([delayed(fn)()]).then(() => [], (error) => [error]);
      return outcome[0];
    };
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
}
