import { assertEquals } from "@std/assert";
import { linesOf, runDeno } from "../support/run_deno.ts";

/** What each of the programs prints, and what it writes to its file. */
async function run(name: string): Promise<{ printed: string[]; written: string[] }> {
  const folder = await Deno.makeTempDir();
  try {
    const { stdout, stderr, code } = await runDeno([
      ...["run", "--allow-read", "--allow-write", `examples/std_log/${name}.ts`, folder],
    ]);
    assertEquals([stderr, code], ["", 0]);
    const text = await Deno.readTextFile(`${folder}/app.log`);
    // Two workers log at the same time.
    return { printed: linesOf(stdout).toSorted(), written: linesOf(text).toSorted() };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a program of @std/log writes the same lines at every step of docs/migrating.md", async () => {
  const before = await run("before");
  assertEquals(before.written, [
    "DEBUG read 20 characters",
    "DEBUG read 5 characters",
    "INFO done: 5, 1",
    "INFO found 1 words",
    "INFO found 5 words",
    "INFO reading 2 texts",
    "WARN the text is short",
  ]);
  for (const step of ["around", "halfway", "after"]) assertEquals(await run(step), before, step);
});
