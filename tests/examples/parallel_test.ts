/** The examples of examples/parallel, each run with exactly the permissions that its header names. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { withFolder } from "../support/log_folder.ts";
import { commandOf, runRecipe } from "../support/recipe.ts";
import { linesOf, ROOT } from "../support/run_deno.ts";
import { runOnScreen } from "../support/run_on_screen.ts";

Deno.test("cpu_bound.ts counts primes, and tells its progress on whole lines", async () => {
  for (const nJobs of ["1", "3"]) {
    const args = [`--n-jobs=${nJobs}`, "--below=200000"];
    const { code, stdout, stderr } = await runRecipe("parallel/cpu_bound", ...args);
    assertEquals([code, stdout], [0, "17984 primes below 200000\n"], stderr);
    assertMatch(linesOf(stderr).at(-1) ?? "", /^primes: done in .+: 40 of 40, [\d.]+\/s$/);
  }
});

Deno.test("cpu_bound.ts shows a bar on a terminal, and how far each task is", async () => {
  const { code, lines, written } = await runOnScreen(commandOf("parallel/cpu_bound"));
  assertEquals([code, lines.at(-1)], [0, "664579 primes below 10000000"]);
  assertMatch(lines[0] ?? "", /^primes {2}100% {2}\[#+\] {2}40\/40 {2}done in .+\/s$/);
  assertMatch(written, /primes +\d+% {2}\[#*-+\] {2}\d+\/40 {2}/);
  assertMatch(written, / {2}task \d+ {2}Worker-1 +\d+% {2}\[#*-+\] /);
});

Deno.test("crawl.ts gets all pages, tries busy ones again, and each task has a prefix of its own", async () => {
  for (const nJobs of ["1", "4"]) {
    const { code, stdout, stderr } = await runRecipe("parallel/crawl", `--n-jobs=${nJobs}`);
    const site = /http:\/\/127\.0\.0\.1:\d+/g;
    const names = ["fruit", "bread", "apple", "pear"];
    assertEquals([code, stdout.replace(site, "").split("\n")], [0, [
      "/: The page /",
      "/fruit: The page /fruit",
      "/bread: The page /bread",
      "/gone: there is no /gone",
      "/apple: The page /apple",
      "/pear: The page /pear",
      "",
    ]], stderr);
    const links = { fruit: 3, bread: 1, apple: 1, pear: 2 };
    const lines = linesOf(stderr).map((line) => {
      return line.replace(site, "").replace(/call \d/, "call N").replace(/\d+ ms/, "N ms");
    });
    const again = (name: string, attempt: number) =>
      `INFO visit, call N, failed at attempt ${attempt} and is tried again in N ms: ` +
      `Error: /${name} answers 503`;
    assertEquals(
      lines.toSorted(),
      [
        "INFO url=/ 200 at attempt 1",
        "INFO url=/ 3 links",
        "INFO url=/gone 404 at attempt 1", // And no other one.
        ...names.flatMap((name) => [1, 2].map((attempt) => again(name, attempt))),
        ...names.flatMap((name) =>
          [503, 503, 200].map((status, i) => `INFO url=/${name} ${status} at attempt ${i + 1}`)
        ),
        ...Object.entries(links).map(([name, count]) => `INFO url=/${name} ${count} links`),
      ].toSorted(),
    );
  }
});

/** Writes a file with so many lines of 1,000 bytes, some of them with "needle". */
async function writeHay(path: string, lines: number, needles: readonly number[]): Promise<void> {
  const hay = "x".repeat(999);
  const all = Array.from({ length: lines }, () => hay);
  for (const line of needles) all[line - 1] = `${hay.slice(0, 993)}needle`;
  await Deno.writeTextFile(path, `${all.join("\n")}\n`);
}

Deno.test("pipeline.ts finds lines in the order of the files, across blocks", async () => {
  await withFolder(async (folder) => {
    const [a, b] = [`${folder}/a.txt`, `${folder}/b.txt`];
    const needles = [1, 1048, 1049, 1050, 2000, 4999, 5000];
    await writeHay(a, 5000, needles);
    await Deno.writeTextFile(b, "no end of the line: needle");
    for (const nJobs of ["1", "3"]) {
      const args = [`--n-jobs=${nJobs}`, "need(le)+$", a, b];
      const { code, stdout, stderr } = await runRecipe("parallel/pipeline", ...args);
      assertEquals([code, stderr], [0, "5000026 bytes read\n"]);
      const found = linesOf(stdout).map((line) => line.split(": ", 1)[0]);
      assertEquals(found, [...needles.map((line) => `${a}:${line}`), `${b}:1`]);
    }
  });
});

Deno.test("pipeline.ts reads no further when it has found enough", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/hay.txt`;
    await writeHay(path, 100_000, [10, 20, 30]);
    for (const nJobs of ["1", "3"]) {
      const args = ["needle", path, "--max=2", `--n-jobs=${nJobs}`];
      const { code, stdout, stderr } = await runRecipe("parallel/pipeline", ...args);
      const found = linesOf(stdout).map((line) => line.split(": ", 1)[0]);
      assertEquals([code, found], [0, [`${path}:10`, `${path}:20`]], stderr);
      const bytes = Number(/^(\d+) bytes read\n$/.exec(stderr)?.[1]);
      assert(bytes > 0 && bytes < 50_000_000, stderr);
    }
  });
});

Deno.test("killed_task.ts loses the call that spins, and nothing else", async () => {
  const { code, stdout, stderr } = await runRecipe("parallel/killed_task");
  assertEquals([code, stdout.replace(/Process-\d/, "Process-N").split("\n")], [0, [
    "call 0: true",
    "call 1: false",
    "call 2: Process-N was killed after 1000 ms; its last records: reads 51 characters",
    "call 3: false",
    "call 4: true",
    "",
  ]], stderr);
  assertEquals(linesOf(stderr).map((line) => line.replace(/^Process-\d /, "")).toSorted(), [
    "call 0 is done",
    "call 0 reads 3 characters",
    "call 1 is done",
    "call 1 reads 3 characters",
    "call 2 reads 51 characters",
    "call 3 is done",
    "call 3 reads 1 characters",
    "call 4 is done",
    "call 4 reads 6 characters",
  ]);
});

Deno.test("every example of a folder is in the folder's index", async () => {
  for (const folder of ["", "cookbook/", "parallel/"]) {
    const index = await Deno.readTextFile(new URL(`examples/${folder}README.md`, ROOT));
    for await (const { name } of Deno.readDir(new URL(`examples/${folder}`, ROOT))) {
      if (name !== "README.md") assert(index.includes(`](${name}`), `${folder}${name}`);
    }
  }
});
