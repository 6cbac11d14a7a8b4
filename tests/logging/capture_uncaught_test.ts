import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { captureUncaught } from "@paralog/paralog/logging";
import { linesOf, runDeno } from "../support/run_deno.ts";

const run = (...args: string[]) => runDeno(["run", "tests/programs/capture_uncaught.ts", ...args]);

Deno.test("captureUncaught() logs what nobody caught, and the program ends as ever", async () => {
  const expected = {
    throw: "CRITICAL uncaught Uncaught error too far",
    reject: "CRITICAL uncaught Unhandled rejection too far",
    string: "CRITICAL uncaught Unhandled rejection: a string undefined",
  };
  for (const [how, line] of Object.entries(expected)) {
    const { code, stdout, stderr } = await run(how);
    assertEquals(linesOf(stdout), ["WARN app before undefined", line]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, how === "string" ? '"a string"' : "RangeError: too far");
  }
});

Deno.test("what handlers hold is written when nobody catches an error, captured or not", async () => {
  for (const how of ["throw", "reject"]) {
    assertEquals(linesOf((await run(how, "no")).stdout), ["WARN app before undefined"]);
  }
});

Deno.test("captureUncaught() refuses a level that there is not", () => {
  assertThrows(() => captureUncaught({ level: "LOUD" }), RangeError, 'Cannot use "LOUD"');
});
