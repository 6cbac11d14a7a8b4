import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { CallerRealm, LevelTable } from "../../src/logging/realm/caller_realm.ts";
import { LevelPage, LevelPages, SharedLevels } from "../../src/relay/level_page.ts";

/** A caller whose levels a test changes. */
class ChangingCaller implements CallerRealm {
  table: LevelTable = new Map([["root", 20]]);
  levels = (): LevelTable => this.table;
  readonly listeners = new Set<() => void>();

  set(table: LevelTable): void {
    this.table = table;
    for (const listener of this.listeners) listener();
  }
  levelOf(name: string): number {
    return this.table.get(name) ?? 0;
  }
  watchLevels(listener: () => void): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => void this.listeners.delete(listener) };
  }
  receive(): "written" {
    return "written";
  }
}

Deno.test("SharedLevels.levels() follows each change of the caller's levels", () => {
  const caller = new ChangingCaller();
  using page = new LevelPage(caller);
  const levels = new SharedLevels(page.memory);
  assertEquals([...levels.levels()], [["root", 20]]);
  caller.set(new Map([["root", 10], ["app.jobs", 40]]));
  assertEquals([...levels.levels()], [["root", 10], ["app.jobs", 40]]);
});

Deno.test("SharedLevels.levels() is the same table until a level changes", () => {
  const caller = new ChangingCaller();
  using page = new LevelPage(caller);
  const levels = new SharedLevels(page.memory);
  const before = levels.levels();
  page.refresh();
  assertStrictEquals(levels.levels(), before);
});

Deno.test("LevelPage.refresh() writes changes that the caller tells nobody of", () => {
  const caller = new ChangingCaller();
  using page = new LevelPage(caller);
  caller.table = new Map([["root", 50]]);
  page.refresh();
  assertEquals([...new SharedLevels(page.memory).levels()], [["root", 50]]);
});

Deno.test("LevelPage grows with the levels, also for those who have opened it", () => {
  const caller = new ChangingCaller();
  using page = new LevelPage(caller);
  const levels = new SharedLevels(page.memory);
  const many = new Map([["root", 20]]);
  for (let i = 0; i < 2000; i++) many.set(`library.part_${i}.größe`, i);
  caller.set(many);
  assertEquals([...levels.levels()], [...many]);
});

Deno.test("LevelPage writes thousands of changes together, once the code that makes them ends", async () => {
  const caller = new ChangingCaller();
  using page = new LevelPage(caller);
  const levels = new SharedLevels(page.memory);
  let asked = 0;
  const table = new Map([["root", 20]]);
  caller.levels = () => {
    for (const end = performance.now() + 2; performance.now() < end;) asked += 0; // A large table.
    asked++;
    return table;
  };
  caller.set(table.set("app", 0));
  assertEquals(levels.levels().get("app"), 0);
  for (let level = 1; level < 1000; level++) caller.set(table.set("app", level));
  assert(asked < 20, `${asked}`);
  assert(
    (levels.levels().get("app") ?? 1000) < 20,
    "what waits in this thread gets what there was",
  );
  await Promise.resolve();
  assertEquals(levels.levels().get("app"), 999);
  caller.set(table.set("app", 1000));
  assertEquals(levels.levels().get("app"), 1000);
});

Deno.test("SharedLevels.levels() waits for levels that are written when the caller's code ends", async () => {
  const caller = new ChangingCaller();
  using page = new LevelPage(caller);
  const worker = new Worker(new URL("./level_reader.ts", import.meta.url), { type: "module" });
  const { promise, resolve } = Promise.withResolvers<string[]>();
  worker.onmessage = ({ data }) => resolve(data);
  const stop = new Int32Array(new SharedArrayBuffer(8));
  const table = new Map([["root", 1]]);
  caller.set(table);
  worker.postMessage({ page: page.memory, stop });
  while (Atomics.load(stop, 1) === 0) await new Promise((r) => setTimeout(r, 0)); // It reads.
  caller.levels = () => {
    for (const end = performance.now() + 2; performance.now() < end;);
    return table;
  };
  // From the moment of the last change on, what the worker sees is to be that.
  for (let level = 0; level < 100; level++) caller.set(table.set("app", level));
  Atomics.store(stop, 0, 2);
  await Promise.resolve();
  assertEquals(await promise, ["root=1,app=99"]);
  worker.terminate();
});

Deno.test("LevelPage follows the caller no more once it is disposed", () => {
  const caller = new ChangingCaller();
  const page = new LevelPage(caller);
  page[Symbol.dispose]();
  assertEquals(caller.listeners.size, 0);
});

Deno.test("SharedLevels.watchLevels() calls its listener after a change, until it is disposed", async () => {
  const caller = new ChangingCaller();
  using page = new LevelPage(caller);
  const levels = new SharedLevels(page.memory);
  const alive = setInterval(() => {}, 1000); // Waiting for a level keeps no program alive.
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  let calls = 0;
  const watch = levels.watchLevels(() => {
    calls++;
    resolve(levels.levels().get("root"));
  });
  assertEquals(calls, 0);
  caller.set(new Map([["root", 30]]));
  assertEquals(await promise, 30);

  watch[Symbol.dispose]();
  const other = Promise.withResolvers<void>();
  using _ = levels.watchLevels(other.resolve);
  caller.set(new Map([["root", 40]]));
  await other.promise;
  assertEquals(calls, 1);
  clearInterval(alive);
});

Deno.test("LevelPages has one page for a caller, as long as a worker follows it", () => {
  const pages = new LevelPages();
  const caller = new ChangingCaller();
  const page = pages.follow(caller);
  assertStrictEquals(pages.follow(caller), page);
  pages.leave(caller);
  assertEquals(caller.listeners.size, 1);
  pages.leave(caller);
  assertEquals(caller.listeners.size, 0);
  pages.leave(caller);
  assertEquals(caller.listeners.size, 0);
});

Deno.test("SharedLevels.levels() never shows half a change to another thread", async () => {
  const caller = new ChangingCaller();
  using page = new LevelPage(caller);
  const tables = [10, 20].map((level) =>
    new Map(Array.from({ length: level }, (_, i) => [`logger.${i}`, level]))
  );
  const worker = new Worker(new URL("./level_reader.ts", import.meta.url), { type: "module" });
  const { promise, resolve } = Promise.withResolvers<string[]>();
  const stop = new Int32Array(new SharedArrayBuffer(8));
  worker.onmessage = ({ data }) => resolve(data);
  caller.set(tables[0]!);
  worker.postMessage({ page: page.memory, stop });
  // Changes go on until the worker has looked often enough, which the second word says.
  for (let i = 0; Atomics.load(stop, 1) < 2000; i++) {
    caller.set(tables[i % 2]!);
    if (i % 100 === 0) await Promise.race([promise, new Promise((r) => setTimeout(r, 0))]);
  }
  Atomics.store(stop, 0, 1);
  assertEquals(await promise, []);
  worker.terminate();
});

Deno.test("SharedLevels.watchLevels() leaves nothing that waits once it is disposed", () => {
  const caller = new ChangingCaller();
  using page = new LevelPage(caller);
  const levels = new SharedLevels(page.memory);
  for (let n = 0; n < 3; n++) levels.watchLevels(() => {})[Symbol.dispose]();
  assertEquals(Atomics.notify(new Int32Array(page.memory, 0, 1), 0), 0);
});
