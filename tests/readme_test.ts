/** The programs of the README do what it says. */

import { assert, assertEquals } from "@std/assert";
import { linesOf, type Ran, ROOT, runDeno } from "./support/run_deno.ts";

const README = await Deno.readTextFile(new URL("README.md", ROOT));
const [SMALLEST = "", BY_SOURCE = "", CLEAN_ROOT = ""] = [...README.matchAll(/```ts\n(.*?)```/gs)]
  .map(([, code = ""]) => code.replace("jsr:@paralog/paralog", "@paralog/paralog"));

/** Runs a program as a file of its own, which workers can import. */
async function run(program: string): Promise<Ran> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, program);
  try {
    return await runDeno(["run", "--config", "deno.json", "--allow-read", file]);
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("the README names the two commands that deno.json has", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const named = [...README.matchAll(/npx -y deno@2\.9\.6 task (\w+)/g)].map(([, name]) => name);
  assertEquals(named, ["demo", "test"]);
  assert("demo" in tasks && "test" in tasks);
});

Deno.test("the smallest program of the README prints what it says", async () => {
  assertEquals(await run(SMALLEST), { code: 0, stdout: "[ 1, 4, 9 ]\n", stderr: "" });
});

Deno.test("the README's functions by source log through the caller's handlers", async () => {
  const { code, stdout, stderr } = await run(BY_SOURCE);
  assertEquals([code, stdout], [0, '[ "A", "B" ]\n'], stderr);
  assertEquals(linesOf(stderr).map((line) => line.replace(/^Worker-\d /, "")).sort(), [
    "app working on a",
    "app working on b",
  ]);
});

Deno.test("the README's clean root prints the lines it shows", async () => {
  const { code, stderr } = await run(CLEAN_ROOT);
  assertEquals(code, 0, stderr);
  const mask = (line: string) => line.replace(/^[\d-]+ [\d:,]+ /, "").replace(/-\d+ \d+|s \d+/, "");
  const shown = /```text\n(.*?)```/s.exec(README)?.[1] ?? "";
  assertEquals(linesOf(stderr).map(mask).sort(), linesOf(shown).map(mask).sort());
});
