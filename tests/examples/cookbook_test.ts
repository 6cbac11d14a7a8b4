/** The recipes of one thread: each prints and writes what the script does that it comes from. */

import { assertEquals, assertMatch } from "@std/assert";
import {
  COOKBOOK,
  masked,
  runPython,
  runRecipe,
  runScript,
  SCRIPTS,
  withFolders,
} from "../support/recipe.ts";
import { linesOf } from "../support/run_deno.ts";

/** The files of a folder with what is in them. */
async function contentsOf(folder: string): Promise<[name: string, text: string][]> {
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
  return await Promise.all(names.map(async (name) => {
    return [name, masked(await Deno.readTextFile(`${folder}/${name}`))] as [string, string];
  }));
}

for (const recipe of ["multiple_modules", "multiple_handlers"]) {
  Deno.test(`${recipe}.ts prints and writes the lines of Python's script`, async () => {
    await withFolders(async (ours, pythons) => {
      const here = await runRecipe(recipe, ours);
      const there = await runScript(recipe, pythons);
      assertEquals([here.code, here.stdout], [0, ""]);
      assertEquals(masked(here.stderr), masked(there.stderr));
      assertEquals(await contentsOf(ours), await contentsOf(pythons));
    });
  });
}

Deno.test("multiple_destinations.ts prints and writes the lines of the cookbook", async () => {
  await withFolders(async (ours, pythons) => {
    const here = await runRecipe("multiple_destinations", ours);
    assertEquals([here.code, here.stdout], [0, ""]);
    assertEquals(linesOf(here.stderr), [
      "root        : INFO     Jackdaws love my big sphinx of quartz.",
      "myapp.area1 : INFO     How quickly daft jumping zebras vex.",
      "myapp.area2 : WARN     Jail zesty vixen who grabbed pay from quack.",
      "myapp.area2 : ERROR    The five boxing wizards jump quickly.",
    ]);
    const script = await Deno.readTextFile(new URL("multiple_destinations.py", SCRIPTS));
    const there = await runPython(["-c", script.replace("/temp/", `${pythons}/`)]);
    assertEquals(masked(here.stderr), masked(there.stderr));
    assertEquals(await contentsOf(ours), await contentsOf(pythons));
  });
});

Deno.test("blocking_handlers.ts names the thread that logged, as Python's script does", async () => {
  await withFolders(async (_ours, pythons) => {
    const here = await runRecipe("blocking_handlers");
    assertEquals(here, { code: 0, stdout: "", stderr: "MainThread: Look out!\n" });
    assertEquals(here, await runScript("blocking_handlers", pythons));
  });
});

Deno.test("rotation.ts leaves the six files of Python's script, and prints their names", async () => {
  await withFolders(async (ours, pythons) => {
    const here = await runRecipe("rotation", ours);
    const there = await runScript("rotation", pythons);
    assertEquals([here.code, here.stderr], [0, ""]);
    assertEquals(linesOf(here.stdout), [
      "logging_rotatingfile_example.out",
      ...[1, 2, 3, 4, 5].map((number) => `logging_rotatingfile_example.out.${number}`),
    ]);
    assertEquals(linesOf(here.stdout), linesOf(there.stdout).toSorted());
    assertEquals(await contentsOf(ours), await contentsOf(pythons));
  });
});

/** The lines with times, addresses, users, and the random levels of d.e.f masked. */
function withoutChance(stderr: string): string[] {
  const level = String.raw`(?:DEBUG|INFO|WARN|ERROR|CRITICAL)`;
  return linesOf(masked(stderr)).map((line) =>
    line
      .replace(/IP: [\d.]{9,15} +User: (?:jim|fred|sheila) +/, "IP and user ")
      .replace(new RegExp(`^TIME d\\.e\\.f ${level} +(.*) at ${level} +`), "TIME d.e.f $1 at ")
  );
}

for (const recipe of ["contextual_adapter", "contextual_filter"]) {
  Deno.test(`${recipe}.ts prints the lines of Python's script, chance aside`, async () => {
    await withFolders(async (_ours, pythons) => {
      const here = await runRecipe(recipe);
      const there = await runScript(recipe, pythons);
      assertEquals([here.code, here.stdout], [0, ""]);
      assertEquals(withoutChance(here.stderr), [
        "TIME a.b.c DEBUG    IP and user A debug message",
        "TIME a.b.c INFO     IP and user An info message with some parameters",
        ...Array(10).fill("TIME d.e.f IP and user A message at level with 2 parameters"),
      ]);
      assertEquals(withoutChance(here.stderr), withoutChance(there.stderr));
      for (const line of linesOf(here.stderr).slice(2)) {
        // The level's column is the level that the message names; columns are as wide as Python's.
        assertMatch(
          line,
          /^.{23} d\.e\.f (?=.{8} IP)(\w+) +IP: (?=.{15} User)\S+ +User: (?=.{8} A)\w+ +A message at \1 level/,
        );
      }
    });
  });
}

Deno.test("the README of the cookbook lists every recipe, with the command of its header", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", COOKBOOK));
  for await (const { name } of Deno.readDir(COOKBOOK)) {
    if (!name.endsWith(".ts")) continue;
    const text = await Deno.readTextFile(new URL(name, COOKBOOK));
    const command = / \* {5}(deno run .*)/.exec(text)?.[1];
    assertEquals(readme.includes(name), true, `${name} is not in README.md`);
    if (command) assertEquals(readme.includes(command), true, `${command} is not in README.md`);
  }
});
