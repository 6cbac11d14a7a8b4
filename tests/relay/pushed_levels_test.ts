import { assertEquals } from "@std/assert";
import { PushedLevels } from "../../src/relay/pushed_levels.ts";

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
