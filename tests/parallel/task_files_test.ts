/** `taskLogs` with a path: a file for each task. */

import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import {
  basicConfig,
  type Call,
  delayed,
  getLogger,
  JsonFormatter,
  NullHandler,
  Parallel,
  type TaskLogs,
  withCleanRootLogger,
} from "@paralog/paralog";
import { linesOfFile, textsOf, withFolder } from "../support/log_folder.ts";
import { runDeno } from "../support/run_deno.ts";
import { SharedCount } from "../support/shared_count.ts";
import * as steps from "../support/task_logs_tasks.ts";
import { type TaskLogsSubject, testTaskLogs } from "../support/test_task_logs.ts";

/** Registers a test with a folder, inline and in workers. */
function testFiles(
  name: string,
  fn: (subject: TaskLogsSubject & { readonly folder: string }) => Promise<unknown>,
): void {
  testTaskLogs(name, (subject) => withFolder((folder) => fn({ ...subject, folder })));
}

/** What is in the files of a folder, without the times. */
function untimedTextsOf(folder: string): Record<string, string> {
  const time = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} /gm;
  const entries = Object.entries(textsOf(folder));
  return Object.fromEntries(entries.map(([name, text]) => [name, text.replace(time, "")]));
}

testFiles(
  "a path gives each task a file of its own, beside the caller's handlers",
  async ({ create, handler, folder }) => {
    const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    const running = create().map(steps.logSteps, names, {
      taskLogs: `${folder}/logs/%(taskIndex)03d.log`,
    });
    assertEquals(await running, names.map(() => 1));
    const expected = names.map((name, index) => [
      `00${index}.log`,
      [1, 2, 3].map((step) => `INFO lib.steps ${name} step ${step}\n`).join(""),
    ]);
    assertEquals(untimedTextsOf(`${folder}/logs`), Object.fromEntries(expected));
    assertEquals(handler.records.length, 3 * names.length);
  },
);

testFiles("%(run)s tells the runs of a program apart", async ({ create, folder }) => {
  await using parallel = create();
  const file = `${folder}/%(run)s/task%(taskIndex)d-100%%.log`;
  await Promise.all([
    parallel.map(steps.logSteps, ["a", "b"], { taskLogs: file }),
    parallel.map(steps.logSteps, ["c"], { taskLogs: file }),
  ]);
  const runs = Array.from(Deno.readDirSync(folder), ({ name }) => name).map(Number)
    .toSorted((a, b) => a - b);
  assertEquals(runs.length, 2);
  assertEquals(Object.keys(textsOf(`${folder}/${runs[0]}`)), ["task0-100%.log", "task1-100%.log"]);
  assertStringIncludes(textsOf(`${folder}/${runs[1]}`)["task0-100%.log"] ?? "", "c step 3");
});

testFiles("a file is emptied when its task starts, or appended to", async ({ create, folder }) => {
  const file = `${folder}/%(taskIndex)d.log`;
  const texts = () => untimedTextsOf(folder);
  for (const name of ["0.log", "1.log", "2.log"]) {
    Deno.writeTextFileSync(`${folder}/${name}`, "yesterday\n");
  }
  await create().run([delayed(steps.logSteps)("a", 1), delayed(steps.doNothing)()], {
    taskLogs: file,
  });
  assertEquals(texts(), {
    "0.log": "INFO lib.steps a step 1\n",
    "1.log": "", // It logged nothing, and nothing old is taken for it.
    "2.log": "yesterday\n",
  });
  await create().map(steps.logSteps, ["b"], { taskLogs: { file, mode: "a" } });
  assertMatch(texts()["0.log"] ?? "", /^INFO lib\.steps a step 1\nINFO lib\.steps b step 1\n/);
});

testFiles(
  "{ file } says how lines look, which records are written, and who else gets them",
  async ({ create, handler, folder }) => {
    const run = async (name: string, options: Omit<TaskLogs & object, "file">) => {
      const taskLogs = { file: `${folder}/${name}-%(taskIndex)d.log`, ...options };
      await create().map(steps.logLevels, ["x"], { taskLogs });
      return linesOfFile(`${folder}/${name}-0.log`);
    };
    const format = "%(asctime)s %(taskIndex)d %(levelname)-6s|%(message)s";
    assertEquals(await run("pattern", { format, datefmt: "at" }), [
      "at 0 DEBUG |x debug",
      "at 0 INFO  |x info",
      "at 0 ERROR |x error",
    ]);
    assertEquals(
      await run("function", { format: ({ msg }: { msg: string }) => msg, level: "ERROR" }),
      [
        "x error",
      ],
    );
    const json = await run("json", { format: new JsonFormatter(), level: 20 });
    assertEquals(json.map((line) => JSON.parse(line).message), ["x info", "x error"]);
    assertEquals(handler.records.length, 9);
    assertEquals((await run("alone", { propagate: false })).length, 3);
    assertEquals(handler.records.length, 9);
  },
);

testFiles(
  "the levels and filters of the caller's loggers count for files too",
  async ({ create, handler, folder }) => {
    getLogger("lib").setLevel("INFO");
    getLogger("lib.steps").addFilter((record) => ({ ...record, msg: "[redacted]" }));
    handler.setLevel("CRITICAL");
    await create().map(steps.logLevels, ["secret"], { taskLogs: `${folder}/%(taskIndex)d.log` });
    assertEquals(untimedTextsOf(folder), {
      "0.log": "INFO lib.steps [redacted]\nERROR lib.steps [redacted]\n",
    });
  },
);

testFiles(
  "what the tasks of a task log is in its file; a run inside may have its own",
  async ({ create, folder }) => {
    await create().run(
      [
        delayed(steps.nest)("x", 1),
        delayed(steps.nestWithFiles)(`${folder}/inner-%(run)s-%(taskIndex)d.log`),
      ],
      { taskLogs: { file: `${folder}/outer-%(taskIndex)d.log`, format: "%(message)s" } },
    );
    const files = Object.entries(textsOf(folder)).map(([name, text]) =>
      [name.replace(/\d+\.1\.1/, "RUN"), text.split("\n").slice(0, -1)] as const
    );
    const texts = Object.fromEntries(files);
    assertEquals(Object.keys(texts), [
      "inner-RUN-0.log",
      "inner-RUN-1.log",
      "outer-0.log",
      "outer-1.log",
    ]);
    assertEquals(texts["outer-0.log"]?.toSorted(), ["x at 0", "x at 0", "x at 1"]);
    const steps3 = (name: string) => [1, 2, 3].map((step) => `${name} step ${step}`);
    assertEquals(texts["outer-1.log"]?.toSorted(), [...steps3("a"), ...steps3("b"), "outer"]);
    assertEquals(texts["inner-RUN-1.log"]?.map((line) => line.slice(-8)), steps3("b"));
  },
);

testFiles(
  "a task that fails or is stopped has its file too",
  async ({ create, folder, backend }) => {
    using begun = new SharedCount();
    const others = backend === "workers" ? 2 : 0; // Inline there is one at a time.
    const calls: Call[] = [
      delayed(steps.throwWhenBegun)(begun.memory, others),
      ...["b", "c"].map((name) => delayed(steps.logThenWait)(name, begun.memory)),
    ];
    await assertRejects(
      () => create().run(calls, { taskLogs: `${folder}/%(taskIndex)d.log` }),
      RangeError,
      "the first one",
    );
    assertEquals(untimedTextsOf(folder), {
      "0.log": "INFO lib.steps to blame\n",
      ...(others > 0 && {
        "1.log": "INFO lib.steps b waits\n",
        "2.log": "INFO lib.steps c waits\n",
      }),
    });
  },
);

testFiles(
  "a file that can't be opened fails the run before its task starts",
  async ({ create, folder }) => {
    using starts = new SharedCount();
    for (const name of [0, 1, 2]) Deno.mkdirSync(`${folder}/${name}.log`);
    const error = await assertRejects(
      () =>
        create().map(steps.countStarts, [starts.memory, starts.memory, starts.memory], {
          taskLogs: `${folder}/%(taskIndex)d.log`,
        }),
      Error,
    );
    assertStringIncludes(error.message, "Is a directory");
    assertEquals(starts.value, 0);
  },
);

testFiles(
  "a relative path begins at the folder that is current when the run begins",
  async ({ create, folder }) => {
    const before = Deno.cwd();
    Deno.chdir(folder);
    try {
      const running = create().map(steps.logSteps, ["a"], { taskLogs: "logs/%(taskIndex)d.log" });
      Deno.chdir(before);
      await running;
    } finally {
      Deno.chdir(before);
    }
    assertEquals(Object.keys(textsOf(`${folder}/logs`)), ["0.log"]);
  },
);

testTaskLogs(
  "paths that do not tell tasks apart are refused before anything starts",
  async ({ create }) => {
    const text = "Cannot name the files of tasks by";
    const refused: [string, string][] = [
      ["", `${text} "": it is the same for all tasks, add %(taskIndex)d, as in "logs/%(run)s-`],
      ["fingerscrossed", 'Allowed is "fingersCrossed", too'],
      ["logs/%(run)s.log", "it is the same for all tasks"],
      [
        "%(taskindex)d.log",
        "%(taskindex)d is nothing that tells tasks apart, allowed are %(taskIn",
      ],
      ["%(name)s-%(taskIndex)d", "%(name)s is nothing that tells tasks apart"],
      ["%d.log", "%d is nothing that tells tasks apart"],
      ["%(taskIndex)", '"%(taskIndex)" is no field, write %(taskIndex)03d and %(run)s, or %% for'],
      ["100%/%(taskIndex)d", '"%/" is no field'],
      ["%(taskIndex)c.log", "%(taskIndex)c may be the same for two tasks, write %(taskIndex)03d"],
      ["%(taskIndex).1s", "%(taskIndex).1s may be the same for two tasks"],
      ["%(taskIndex)*d", "%(taskIndex)*d may be the same for two tasks"],
      ["%(run)d-%(taskIndex)d", "%(run)d may be the same for two tasks, write %(run)s"],
      ["%(taskIndex)99999d", "current width or precision is 99999, allowed are up to 10000"],
    ];
    for (const [path, expected] of refused) {
      for (const taskLogs of [path, { file: path }]) {
        const error = await assertRejects(() => create().run([], { taskLogs }), RangeError);
        assertStringIncludes(error.message, expected);
      }
    }
  },
);

testTaskLogs(
  "options of files that are none are refused before anything starts",
  async ({ create }) => {
    const file = "%(taskIndex)d.log";
    const refused: [unknown, string][] = [
      [{ file: 5 }, "Cannot name the files of tasks by 5: write a path such as"],
      [{ file, formatter: "%(message)s" }, 'unknown option "formatter", allowed are file, format'],
      [{ file, date_fmt: "%H" }, 'unknown option "date_fmt", did you mean datefmt?'],
      [{ file, fingersCrossed: {} }, 'unknown option "fingersCrossed"'],
      [{ file, mode: "x" }, 'Cannot open the files of tasks in mode "x": use "a" or "w"'],
      [{ file, propagate: 1 }, "Cannot set propagate: current value is 1, give true or false"],
      [{ file, format: 5 }, "Cannot use 5 as a formatter"],
      [{ file, format: "no field" }, "it names no field"],
      [{ file, format: () => "", datefmt: "%H" }, "it goes with a pattern as format"],
      [{ file, level: "LOUD" }, 'Cannot use "LOUD" as a level'],
      [5, "Cannot set up taskLogs: current value is 5, give a path such as"],
      [null, "Cannot set up taskLogs: current value is null"],
      [{}, "Cannot set up taskLogs: current value is {}"],
      [["%(taskIndex)d"], "Cannot set up taskLogs: current value is ["],
    ];
    for (const [taskLogs, expected] of refused) {
      const run = () => create().run([], { taskLogs: taskLogs as TaskLogs });
      const error = await assertRejects(run, Error);
      assertEquals(error.constructor, expected.includes("LOUD") ? RangeError : TypeError);
      assertStringIncludes(error.message, expected);
    }
  },
);

Deno.test("a run with files rejects without --allow-write, before its tasks start", async () => {
  const ran = await runDeno(["run", "--allow-read", "tests/programs/task_files.ts"]);
  assertEquals(ran.stdout, "");
  assertMatch(ran.stderr, /NotCapable: Requires write access to ".*task_files_0\.log"/);
});

Deno.test("a run of one job and a run of several write the same files and lines", () =>
  withFolder((folder) =>
    withCleanRootLogger(async () => {
      basicConfig({ level: "DEBUG", handlers: [new NullHandler()] });
      for (const nJobs of [1, 4]) {
        await new Parallel(nJobs).map(steps.logError, ["a", "b", "c", "d", "e"], {
          taskLogs: `${folder}/${nJobs}/%(taskIndex)d.log`,
        });
      }
      const texts = untimedTextsOf(`${folder}/1`);
      assertEquals(texts, untimedTextsOf(`${folder}/4`));
      assertEquals(Object.keys(texts).length, 5);
      assertEquals(linesOfFile(`${folder}/4/3.log`).length, 3);
    })
  ));
