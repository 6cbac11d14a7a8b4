/**
 * What goes to a task and what comes back.
 *
 * @module
 */

import { type Call, delayed } from "../../parallel/mod.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import type { Contract } from "../contract.ts";
import * as tasks from "../tasks/values.ts";

/** Registers the tests. */
export function testCalls({ create, subject, test }: Contract): void {
  test("run() returns results in the order of the calls", async () => {
    const calls = [1, 2, 3, 4, 5].map((x) => delayed(tasks.squareLater)(x));
    const results: number[] = await create().run(calls);
    assertEquals(results, [1, 4, 9, 16, 25]);
  });

  test("run() returns an empty list when there are no calls", async () => {
    assertEquals(await create().run([]), []);
  });

  test("run() takes any iterable, and calls of different types", async () => {
    await using parallel = create();
    function* calls() {
      yield delayed(tasks.square)(3);
      yield delayed(tasks.square)(4);
    }
    assertEquals(await parallel.run(calls()), [9, 16]);
    const mixed: [number, string] = await parallel.run([
      delayed(tasks.square)(2),
      delayed(tasks.default)(),
    ]);
    assertEquals(mixed, [4, "default"]);
  });

  test("run() and map() take what comes one after the other, in its own time", async () => {
    await using parallel = create();
    async function* numbers() {
      for (const x of [1, 2, 3]) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        yield x;
      }
    }
    async function* calls() {
      for await (const x of numbers()) yield delayed(tasks.square)(x);
    }
    assertEquals(await parallel.run(calls()), [1, 4, 9]);
    assertEquals(await parallel.map(tasks.square, numbers()), [1, 4, 9]);
  });

  test("map() calls a task for each item", async () => {
    assertEquals(await create().map(tasks.square, new Set([1, 2, 3])), [1, 4, 9]);
  });

  test("run() finds a task that is exported under another name", async () => {
    await using parallel = create();
    assertEquals(await parallel.run([delayed(tasks.renamedSquare)(5)]), [25]);
    assertEquals(await parallel.run([delayed(tasks.default)()]), ["default"]);
  });

  test("arguments and results are what structuredClone() makes of them", async () => {
    await using parallel = create({}, 1);
    const values: Record<string, unknown> = {
      map: new Map([[1, new Set(["a"])]]),
      date: new Date(0),
      bytes: new Uint8Array([1, 2, 255]),
      big: -(10n ** 30n),
      numbers: [NaN, -0, Infinity],
      nothing: [undefined, null],
      pattern: /[é漢]+/giu,
      text: "漢字 🦕 \0 \ud800",
      error: new TypeError("as a value"),
    };
    values.itself = values;
    assertEquals(await parallel.map(tasks.echo, [values]), [structuredClone(values)]);
  });

  test("arguments and results may be big", async () => {
    await using parallel = create({}, 1);
    const size = 3_000_000;
    const bytes = new Uint8Array(size).fill(2);
    assertEquals(await parallel.map(tasks.sumOfBuffer, [bytes]), [2 * size]);
    assertEquals(bytes.length, size);
    const [filled] = await parallel.run([delayed(tasks.fillBuffer)(size, 7)]);
    assertEquals([filled.length, filled[0], filled.at(-1)], [size, 7, 7]);
    const text = "漢é".repeat(size / 4);
    assertEquals((await parallel.map(tasks.echo, [text]))[0] === text, true);
  });

  test("arguments are copies, as they are for a worker", async () => {
    const list = [1, 2, 3];
    assertEquals(await create().run([delayed(tasks.changeArgument)(list)]), [[1, 2, 3, 4]]);
    assertEquals(list, [1, 2, 3]);
  });

  test("a SharedArrayBuffer is the same memory in a task", async () => {
    const memory = new SharedArrayBuffer(4);
    await create().run([1, 2, 3].map((amount) => delayed(tasks.addToShared)(memory, amount)));
    assertEquals(new Int32Array(memory)[0], 6);
  }, subject.noSharedMemory);

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
      [() => parallel.run([], { speed: 5 } as object), 'unknown option "speed"'],
      [() => parallel.run([], { signal: 5 } as object), "Cannot run calls with 5 as signal"],
      [() => parallel.run([], null as unknown as object), "Cannot run calls with null as options"],
    ];
    for (const [run, text] of bad) await assertRejects(run, TypeError, text);
    assertEquals(parallel.stats.allWorkers.started, 0);
  });

  test("what a task posts itself is not taken for its result", async () => {
    const post = (value: number) => {
      const post = Reflect.get(self, "postMessage")?.bind(self);
      post?.({ type: "done", value: "spoofed" });
      post?.({ type: "spoofed" });
      return value;
    };
    assertEquals(await create().map(post, [1]), [1]);
  });
}
