import { assertEquals } from "@std/assert";
import { LevelPusher, PushedLevels } from "../../src/relay/pushed_levels.ts";

Deno.test("push() replaces the levels and tells who watches them, until they stop", () => {
  const levels = new PushedLevels();
  assertEquals(levels.levels(), new Map());
  let calls = 0;
  const listener = () => void calls++;
  const [watch, other] = [levels.watchLevels(listener), levels.watchLevels(listener)];
  levels.push(new Map([["root", 20]]));
  assertEquals([levels.levels().get("root"), calls], [20, 2]);
  watch[Symbol.dispose]();
  watch[Symbol.dispose]();
  levels.push(new Map([["root", 30]]));
  assertEquals(calls, 3);
  other[Symbol.dispose]();
});

Deno.test("a LevelPusher sends once for all changes, and never more than is taken", async () => {
  const sent: (() => void)[] = [];
  const pusher = new LevelPusher((onSent) => sent.push(onSent));
  const turn = () => new Promise<void>((resolve) => queueMicrotask(resolve));
  for (let change = 0; change < 3; change++) pusher.changed();
  assertEquals(sent.length, 0);
  await turn();
  assertEquals(sent.length, 1);
  for (let change = 0; change < 1000; change++) {
    pusher.changed();
    await turn();
  }
  assertEquals(sent.length, 1);
  sent[0]?.(); // The newest goes now.
  assertEquals(sent.length, 2);
  sent[1]?.();
  assertEquals(sent.length, 2);
  pusher.changed();
  await turn();
  assertEquals(sent.length, 3);
});
