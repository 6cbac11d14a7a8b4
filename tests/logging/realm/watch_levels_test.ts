/** Who follows the levels of a realm learns of every change of what `levels()` returns. */

import { assertEquals, assertNotEquals } from "@std/assert";
import {
  basicConfig,
  dictConfigSync,
  disable,
  getLogger,
  withCleanRootLogger,
} from "@paralog/paralog/logging";
import { currentRealm, Realm, runInRealm } from "../../../src/logging/realm.ts";
import { TaskRealms } from "../../../src/logging/task_realms.ts";
import type { CallerRealm } from "../../../src/logging/realm/caller_realm.ts";
import { lastResort } from "../../../src/logging/realm/last_resort.ts";
import { LevelWatchers } from "../../../src/logging/realm/level_watchers.ts";
import { ThreadOrigin } from "../../../src/logging/realm/thread_origin.ts";
import { linesOf, runDeno } from "../../support/run_deno.ts";

function test(name: string, fn: () => void | Promise<void>): void {
  Deno.test(name, () => withCleanRootLogger(fn));
}

/** What a follower knows: the levels as they were when it was last told of a change. */
function follow(realm: CallerRealm): { levels: object } & Disposable {
  const read = () => Object.fromEntries(realm.levels());
  const watch = realm.watchLevels(() => follower.levels = read());
  const follower = { levels: read(), [Symbol.dispose]: () => watch[Symbol.dispose]() };
  return follower;
}

/** Does things one after the other; after each, a follower knows the levels as they are. */
function assertFollowed(realm: CallerRealm, steps: readonly (() => unknown)[]): void {
  using follower = follow(realm);
  for (const step of steps) {
    const before = follower.levels;
    step();
    assertEquals(follower.levels, Object.fromEntries(realm.levels()), String(step));
    assertNotEquals(follower.levels, before, String(step));
  }
}

test("watchLevels() tells of every change that levels() shows", () => {
  assertFollowed(currentRealm(), [
    () => getLogger("a").setLevel("DEBUG"),
    () => getLogger("a.b.c").setLevel("ERROR"),
    () => getLogger().setLevel("INFO"),
    () => disable("WARN"),
    () => disable("NOTSET"),
    () => getLogger("a").setLevel("NOTSET"),
    () => basicConfig({ level: "CRITICAL", force: true }),
    () => dictConfigSync({ version: 1, root: { level: "INFO" }, loggers: { x: { level: 5 } } }),
    () => dictConfigSync({ version: 1, incremental: true, loggers: { x: { level: "ERROR" } } }),
  ]);
});

test("watchLevels() of a task's realm tells of its own changes and of its caller's", () => {
  const caller = currentRealm();
  const task = new TaskRealms(caller).of({ index: 0, run: "1", attempt: 1 }).alive();
  const nested = new TaskRealms(task).of({ index: 0, run: "1.0.1", attempt: 1 }).alive();
  assertFollowed(nested, [
    () => getLogger("a").setLevel("DEBUG"),
    () => runInRealm(task, () => getLogger("a").setLevel("ERROR")),
    () => runInRealm(nested, () => getLogger("b").setLevel("ERROR")),
    () => getLogger().setLevel("CRITICAL"),
    () => runInRealm(nested, () => getLogger().setLevel("INFO")),
  ]);
});

test("watchLevels() tells each listener, until it is disposed", () => {
  const task = new TaskRealms(currentRealm()).of({ index: 0, run: "1", attempt: 1 }).alive();
  let told = 0;
  const listener = () => told++;
  const watches = [task.watchLevels(listener), task.watchLevels(listener)];
  getLogger("a").setLevel("DEBUG");
  assertEquals(told, 2);
  watches[0]?.[Symbol.dispose]();
  watches[0]?.[Symbol.dispose]();
  getLogger("a").setLevel("INFO");
  runInRealm(task, () => getLogger("a").setLevel("ERROR"));
  assertEquals(told, 4);
  watches[1]?.[Symbol.dispose]();
  getLogger("a").setLevel("WARN");
  runInRealm(task, () => getLogger("a").setLevel("WARN"));
  assertEquals(told, 4);
});

Deno.test("watchLevels() leaves nothing behind with the caller when it is disposed", () => {
  const watchers = new LevelWatchers();
  const caller: CallerRealm = { ...lastResort, watchLevels: (listener) => watchers.add(listener) };
  const origin = new ThreadOrigin("test");
  for (let n = 0; n < 100; n++) {
    using realm = new Realm({ origin, caller });
    using _one = realm.watchLevels(() => {});
    using _other = realm.watchLevels(() => {});
    assertEquals(watchers.size, 2);
  }
  assertEquals(watchers.size, 0);
});

Deno.test("LevelWatchers may be added and disposed while they are told", () => {
  const watchers = new LevelWatchers();
  const told: string[] = [];
  const first = watchers.add(() => {
    told.push("first");
    first[Symbol.dispose]();
    watchers.add(() => told.push("added"));
  });
  watchers.add(() => told.push("second"));
  watchers.notify();
  assertEquals(told, ["first", "second"]);
  watchers.notify();
  assertEquals(told, ["first", "second", "second", "added"]);
});

Deno.test("watchLevels() of a main realm without handlers tells what @std/log is set up with", async () => {
  const { stdout, stderr } = await runDeno([
    "run",
    "--allow-all",
    "tests/programs/std_log_levels.ts",
  ]);
  assertEquals(linesOf(stdout), [
    "at first: 30",
    "set up: 10",
    "its level: 40",
    "its level by name: 20",
    "set up again: 50",
    "our own handler: 30",
    "our own level: 10",
  ], stderr);
});
