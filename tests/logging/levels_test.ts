import { assertEquals, assertThrows } from "@std/assert";
import { addLevelName, getLevelName, LEVELS } from "@paralog/paralog/logging";
import { LogLevels } from "@std/log";
import { customLevels, parseLevel } from "../../src/logging/levels.ts";

Deno.test("LEVELS are the names and numbers of @std/log", () => {
  assertEquals<Record<string, number>>({ ...LEVELS }, { ...LogLevels });
});

Deno.test("parseLevel() reads names, aliases and numbers", () => {
  assertEquals(["DEBUG", "WARN", "WARNING", "FATAL", "NOTSET", 17].map(parseLevel), [
    10,
    30,
    30,
    50,
    0,
    17,
  ]);
});

Deno.test("parseLevel() says which levels there are when there is no such level", () => {
  for (const level of ["debug", "LOUD", "", -1, 1.5, NaN]) {
    assertThrows(() => parseLevel(level), RangeError, "use NOTSET, DEBUG, INFO, WARN, ERROR");
  }
});

Deno.test("addLevelName() gives a number a name, in both directions", () => {
  addLevelName(25, "NOTICE");
  assertEquals(parseLevel("NOTICE"), 25);
  assertEquals(getLevelName(25), "NOTICE");
  assertEquals(getLevelName(26), "Level 26");
  assertEquals(customLevels(), [[25, "NOTICE"]]);
});

Deno.test("addLevelName() refuses numbers and names that could not be told apart", () => {
  assertThrows(() => addLevelName(0, "ZERO"), RangeError, "allowed are 1, 2, 3");
  assertThrows(() => addLevelName(2.5, "HALF"), RangeError);
  assertThrows(() => addLevelName(7, " "), TypeError, "write a word");
  assertThrows(() => addLevelName(7, "12"), TypeError, "write a word");
});
