/** The recipes in which several workers log: every record is there once, whole, in its form. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { runRecipe, withFolders } from "../support/recipe.ts";
import { linesOf } from "../support/run_deno.ts";

/** The lines of a file. */
function read(folder: string, name: string): string[] {
  return linesOf(Deno.readTextFileSync(`${folder}/${name}`));
}

/** The names in a folder, sorted. */
function list(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
}

const TIME = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}`;
const LEVEL = String.raw`(?=.{8} )(?:DEBUG|INFO|WARN|ERROR|CRITICAL) +`;

/** How often each text is there. */
function count(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

Deno.test("single_file.ts: ten workers log into one rotating file", async () => {
  await withFolders(async (folder) => {
    const { code, stdout, stderr } = await runRecipe("single_file", folder);
    assertEquals([code, stderr], [0, ""]);
    const numbers = Array.from({ length: 10 }, (_, index) => index + 1);
    assertEquals(
      linesOf(stdout).toSorted(),
      ["finished", "started"].flatMap((what) => numbers.map((n) => `Worker ${what}: ${n}`))
        .toSorted(),
    );
    const names = ["mptest.log", ...numbers.map((number) => `mptest.log.${number}`)];
    assertEquals(list(folder), names.toSorted());
    const line = new RegExp(
      `^${TIME} (?=.{10} )Worker-(?:[1-9]|10) +(?:a\\.b\\.c|d\\.e\\.f) ${LEVEL}Random message #[123]$`,
    );
    for (const name of names) {
      const { size } = Deno.statSync(`${folder}/${name}`);
      assert(size > 0 && size < 300, `${name} has ${size} bytes`);
      for (const each of read(folder, name)) assertMatch(each, line);
    }
  });
});

Deno.test("multiprocess_yaml.ts: four workers log to the file that the YAML names", async () => {
  await withFolders(async (folder) => {
    assertEquals(await runRecipe("multiprocess_yaml", folder), { code: 0, stdout: "", stderr: "" });
    const lines = read(`${folder}/logs`, "cplog.log");
    for (const line of lines) {
      assertMatch(line, new RegExp(`^${TIME} INFO worker \\d did step \\d$`));
    }
    for (const worker of [1, 2, 3, 4]) {
      const own = lines.filter((line) => line.includes(`worker ${worker} `));
      const steps = own.map((line) => Number(line.at(-1)));
      assertEquals(steps, [1, 2, 3, 4, 5]);
    }
    assertEquals(lines.length, 20);
  });
});

Deno.test("listener_and_workers.ts: main and workers log through one queue, each line once", async () => {
  await withFolders(async (folder) => {
    const { code, stdout, stderr } = await runRecipe("listener_and_workers", folder);
    assertEquals([code, stdout], [0, ""]);
    const lines = linesOf(stderr);
    assertEquals(lines.length, 11);
    const first = new RegExp(`^${TIME} MainProcess main INFO     Logging from main$`);
    assertMatch(lines[0] ?? "", first);
    const last = new RegExp(`^${TIME} MainProcess main INFO     main function ends$`);
    assertMatch(lines.at(-1) ?? "", last);
    const between = new RegExp(
      `^${TIME} (Worker-[123])   worker INFO     Logging a random number (?:\\d|10)$`,
    );
    const workers = lines.slice(1, -1).map((line) => between.exec(line)?.[1] ?? line);
    // Three lines of each task; a worker that is quick may have taken two tasks.
    for (const [worker, lines] of count(workers)) {
      assertMatch(worker, /^Worker-[123]$/);
      assertEquals(lines % 3, 0, `${worker} logged ${lines} lines`);
    }
    // The file has the same lines: its newest part is the last one.
    const names = list(folder).toReversed();
    assert(names.length > 1, `no rotation: ${names}`);
    assertEquals(names.flatMap((name) => read(folder, name)), lines);
  });
});

for (const variant of ["run", "pool"]) {
  Deno.test(`per_logger_files.ts (${variant}): each record goes to the files of its logger and level`, async () => {
    await withFolders(async (folder) => {
      const calls = variant === "pool" ? 10 : 5;
      const { code, stdout, stderr } = await runRecipe("per_logger_files", folder, variant);
      assertEquals([code, stdout], [0, ""]);
      const all = read(folder, "mplog.log");
      const line = new RegExp(
        `^${TIME} (?=.{15} )(?:foo(?:\\.bar(?:\\.baz)?)?|spam(?:\\.ham(?:\\.eggs)?)?) +${LEVEL}` +
          `(?=.{10} )Worker-[1-5] +(Message no\\. \\d+)$`,
      );
      const messages = all.map((each) => line.exec(each)?.[1] ?? each);
      const expected = Array.from({ length: 100 }, (_, i) => [`Message no. ${i}`, calls] as const);
      assertEquals(count(messages), new Map(expected));

      const foo = all.filter((each) => / foo[ .]/.test(each));
      assertEquals(read(folder, "mplog-foo.log"), foo);
      const errors = all.filter((each) => / (?:ERROR|CRITICAL) /.test(each));
      assertEquals(read(folder, "mplog-errors.log"), errors);
      const shown = messages.filter((_, index) => !all[index]?.includes(" DEBUG "));
      assertEquals(linesOf(stderr), shown);
    });
  });
}
