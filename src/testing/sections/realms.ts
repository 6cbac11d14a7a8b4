/**
 * The realm in which a task runs, and the context of its run.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { getLogger, withContext } from "../../logging/mod.ts";
import { delayed } from "../../parallel/mod.ts";
import { assertEquals } from "../assert.ts";
import type { Contract } from "../contract.ts";
import { describeSelf, logOnOwnRoot, logToOwnFile } from "../tasks/logs.ts";
import { stdLogOnOwnRoot } from "../tasks/std_log.ts";
import { watchRoot } from "../watched_handler.ts";

/** Registers the tests. */
export function testRealms({ create, test }: Contract): void {
  test("each task configures a clean root of its own", async () => {
    const handler = watchRoot();
    getLogger().addFilter(() => false);
    const names = ["a", "b", "c", "d"]; // More than there are workers.
    const results = await create({ batchSize: 2 }).map(logOnOwnRoot, names);
    for (const [index, name] of names.entries()) {
      assertEquals(results[index], {
        before: 0,
        lines: [`DEBUG root ${name}: root`, "DEBUG lib.tasks module logger"],
      });
    }
    assertEquals(handler.lines, []);
    assertEquals(getLogger().handlers, [handler]);
  });

  test("what a task logs through @std/log goes to its own root, if it has configured one", async () => {
    const handler = watchRoot();
    const results = await create({}, 1).map(stdLogOnOwnRoot, ["a", "b"]);
    assertEquals(
      results,
      ["a", "b"].map((name) => [
        `INFO ${name}: std/log`,
        `DEBUG ${name}: std/log debug`,
      ]),
    );
    assertEquals(handler.lines, []);
  });

  test("what tasks log to files of their own is there with their results", async () => {
    const handler = watchRoot();
    const folder = await Deno.makeTempDir();
    try {
      const names = ["a", "b", "c"];
      const calls = names.map((name) =>
        delayed(logToOwnFile)(`${folder}/${name}`, `line of ${name}`)
      );
      await using parallel = create();
      await parallel.run(calls);
      for (const name of names) {
        assertEquals(await Deno.readTextFile(`${folder}/${name}`), `line of ${name}\n`);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
    assertEquals(handler.lines, []);
  });

  test("the context of the run is on the records of its tasks", async () => {
    const handler = watchRoot();
    await using parallel = create();
    const run = () => parallel.map(describeSelf, ["a"]);
    await Promise.all([1, 2].map((requestId) => withContext({ requestId }, run)));
    assertEquals(handler.records.map(({ extra }) => extra?.requestId).toSorted(), [1, 2]);
    await run();
    assertEquals(handler.records.at(-1)?.extra, undefined);
  });

  test("handlers, filters and inputs run in the asynchronous context of their run", async () => {
    const handler = watchRoot();
    await using parallel = create();
    const store = new AsyncLocalStorage<string>();
    const seen: string[] = [];
    const note = (what: string) => seen.push(`${store.getStore()}: ${what}`) > 0;
    getLogger("lib.self").addFilter(({ msg }) => note(`logger, ${msg}`));
    handler.addFilter(({ msg }) => note(`handler, ${msg}`));
    function* calls(name: string) {
      for (const n of [1, 2]) {
        note(`input, ${n}`);
        yield delayed(describeSelf)(name);
      }
    }
    const names = ["a", "b"];
    await Promise.all(names.map((name) => store.run(name, () => parallel.run(calls(name)))));
    for (const name of names) {
      assertEquals(seen.filter((each) => each.startsWith(`${name}: `)).toSorted(), [
        ...Array(2).fill(`${name}: handler, self ${name}`),
        ...[1, 2].map((n) => `${name}: input, ${n}`),
        ...Array(2).fill(`${name}: logger, self ${name}`),
      ]);
    }
    assertEquals(seen.length, 12);
  });
}
