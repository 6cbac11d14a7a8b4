/** What goes to a task and what comes back. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { basicConfig, type Call, delayed, getLogger } from "@paralog/paralog";
import { ListHandler } from "../list_handler.ts";
import * as tasks from "../tasks.ts";
import type { Contract } from "./contract.ts";

/** Registers the tests. */
export function testCalls({ create, test }: Contract): void {
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
}
