/** The recipes about the records of each task. */

import { assertEquals, assertMatch } from "@std/assert";
import { textsOf } from "../support/log_folder.ts";
import { runRecipe, withFolders } from "../support/recipe.ts";
import { linesOf } from "../support/run_deno.ts";

Deno.test("task_files.ts: each task has its lines in a file of its own, and some on the console", async () => {
  await withFolders(async (folder) => {
    const { code, stdout, stderr } = await runRecipe("task_files", folder);
    assertEquals([code, stdout], [0, ""]);
    const images = Array.from("abcdefgh", (name) => `${name}.png`);
    const shown = images.flatMap((
      image,
      i,
    ) => [`${i} begins with ${image}`, `${i} is done with ${image}`]);
    assertEquals(linesOf(stderr).toSorted(), shown.toSorted());
    const files = textsOf(folder);
    assertEquals(Object.keys(files), images.map((_, index) => `task-00${index}.log`));
    for (const [index, text] of Object.values(files).entries()) {
      const image = `${images[index]}`;
      const lines = linesOf(text);
      const worker = / (Worker-[123]) /.exec(text)?.[1];
      assertEquals(lines.map((line) => line.replace(/^[-\d]+ [:,\d]+ /, "")), [
        `${worker} INFO  begins with ${image}`,
        `${worker} DEBUG ${image} is 1280 wide now`,
        `${worker} DEBUG ${image} is 640 wide now`,
        `${worker} INFO  is done with ${image}`,
      ]);
      for (const line of lines) assertMatch(line, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} /);
    }
  });
});

Deno.test("failed_tasks.ts: tasks in which something goes wrong leave all their lines, others none", async () => {
  assertEquals(await runRecipe("failed_tasks"), {
    code: 0,
    stdout: "",
    stderr: [
      "DEBUG staff: reads",
      "DEBUG staff: row 1 is apple",
      'ERROR staff: row "2,pear" has no name',
      "INFO  staff: has 2 rows",
      "DEBUG sales: reads",
      "RangeError: there is no table sales",
      "",
    ].join("\n"),
  });
});
