/** The programs of the README do what it says. */

import { assert, assertEquals } from "@std/assert";
import { askJoblib } from "./support/ask_joblib.ts";
import { linesOf, type Ran, ROOT, runDeno } from "./support/run_deno.ts";

const README = await Deno.readTextFile(new URL("README.md", ROOT));

/** The blocks of code under a heading, in a language. */
function blocksUnder(heading: string, language: "ts" | "python" = "ts"): string[] {
  const section = README.split(/^##+ /m).find((each) => each.startsWith(`${heading}\n`)) ?? "";
  return [...section.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "gs"))]
    .map(([, code = ""]) => code.replace("jsr:@paralog/paralog", "@paralog/paralog"));
}

const [SMALLEST = "", BY_SOURCE = ""] = blocksUnder("The smallest program");
const [AS_JOBLIB = "", FOUR_WAYS = ""] = blocksUnder("Running in parallel");
const [JOBLIB = ""] = blocksUnder("Running in parallel", "python");
const [CLEAN_ROOT = ""] = blocksUnder("A clean root for every task");

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

Deno.test("the README's program for joblib and ours beside it print the same", async () => {
  const file = await Deno.makeTempFile({ suffix: ".py" });
  try {
    await Deno.writeTextFile(file, JOBLIB);
    assertEquals(await askJoblib(new URL(`file://${file}`), null), [1, 4, 9]);
  } finally {
    await Deno.remove(file);
  }
  assertEquals(await run(AS_JOBLIB), { code: 0, stdout: "[ 1, 4, 9 ]\n", stderr: "" });
});

Deno.test("the README's four ways to run calls print what it says", async () => {
  const said = [...FOUR_WAYS.matchAll(/\/\/ (\[ .* \])$/gm)].map(([, result]) => result);
  const printed = [said[0], said[0], said[1]].map((line) => `${line}\n`).join("");
  assertEquals(await run(FOUR_WAYS), { code: 0, stdout: printed, stderr: "" });
});

Deno.test("the README's clean root prints the lines it shows", async () => {
  const { code, stderr } = await run(CLEAN_ROOT);
  assertEquals(code, 0, stderr);
  const mask = (line: string) => line.replace(/^[\d-]+ [\d:,]+ /, "").replace(/-\d+ \d+|s \d+/, "");
  const shown = /```text\n(.*?)```/s.exec(README)?.[1] ?? "";
  assertEquals(linesOf(stderr).map(mask).sort(), linesOf(shown).map(mask).sort());
});
