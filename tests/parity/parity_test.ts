/**
 * The same configurations and calls through Python's `logging` and through paralog: what they write,
 * and where, is the same. Differences that are meant are listed in docs/migrating.md.
 */

import { assert, assertEquals } from "@std/assert";
import { askPython } from "../support/ask_python.ts";
import { CASES } from "./cases.ts";
import { run, type Step, type Written } from "./driver.ts";

const DRIVER = await Deno.readTextFile(new URL("driver.py", import.meta.url));

/** Lines that only one of the two has: frames and headings of a traceback. */
const TRACEBACK = /^(Traceback .*| {2}File .*| {4}.*|Stack .*)$/;

/** Without the frames of errors, which are the language's. */
function masked({ files, stderr, out }: Written): Written {
  const mask = (text: string) =>
    text.split("\n").filter((line) => !TRACEBACK.test(line)).join("\n");
  const entries = Object.entries(files).map(([name, text]) => [name, mask(text)] as const);
  return { files: Object.fromEntries(entries.toSorted()), stderr: mask(stderr), out };
}

/** All at once: starting Python takes longer than a case. */
let expected: Promise<Written[]> | undefined;

function askAll(): Promise<Written[]> {
  expected ??= askPython<Written[]>(
    DRIVER,
    Object.values(CASES) satisfies readonly (readonly Step[])[],
  );
  return expected;
}

for (const [index, [name, steps]] of Object.entries(CASES).entries()) {
  Deno.test(`parity with Python: ${name}`, async () => {
    const python = (await askAll())[index];
    assert(python);
    assert(
      Object.keys(python.files).length + python.out.length + python.stderr.length > 0,
      "the case shows nothing",
    );
    assertEquals(masked(await run(steps)), masked(python));
  });
}

Deno.test("there are at least 60 cases of parity", () => {
  assert(Object.keys(CASES).length >= 60, `${Object.keys(CASES).length} cases`);
});
