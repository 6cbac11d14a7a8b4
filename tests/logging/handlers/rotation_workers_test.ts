import { assert, assertEquals } from "@std/assert";
import { delayed, getLogger, type Handler, Parallel, withCleanRootLogger } from "@paralog/paralog";
import { RotatingFileHandler } from "../../../src/logging/handlers/rotating_file.ts";
import { TimedRotatingFileHandler } from "../../../src/logging/handlers/timed_rotating_file.ts";
import { textsOf, withFolder } from "../../support/log_folder.ts";
import { logLines } from "../../support/rotation_tasks.ts";

const TASKS = 4;
const LINES = 20_000;
const MAX_BYTES = 300_000;

/** Runs the tasks with a handler on the caller's root; gives the files that it left. */
async function logFromWorkers(
  folder: string,
  create: (filename: string) => Handler,
): Promise<Record<string, string>> {
  await withCleanRootLogger(async () => {
    getLogger().setLevel("INFO");
    getLogger().addHandler(create(`${folder}/app.log`));
    const calls = Array.from({ length: TASKS }, (_, id) => delayed(logLines)(id, LINES));
    await new Parallel(TASKS, { backend: "workers" }).run(calls);
  });
  return textsOf(folder);
}

/** Every line is there once, whole, and those of a task in order from the oldest file on. */
function assertAllThere(texts: readonly string[]): void {
  const next = new Array<number>(TASKS).fill(0);
  for (const text of texts) {
    assert(text.endsWith("\n"));
    for (const line of text.slice(0, -1).split("\n")) {
      const id = Number(line[5]);
      const n = next[id] ?? 0;
      next[id] = n + 1;
      if (line !== `task ${id} line ${n} 漢${"x".repeat(n % 23)}`) assertEquals(line, `line ${n}`);
    }
  }
  assertEquals(next, new Array(TASKS).fill(LINES));
}

/** The numbered files, the oldest first. */
function inOrder(texts: Record<string, string>): string[] {
  const number = (name: string) => Number(/\.log\.(\d+)/.exec(name)?.[1] ?? 0);
  const names = Object.keys(texts).sort((a, b) => number(b) - number(a));
  return names.map((name) => texts[name] ?? "");
}

for (
  const options of [{ bufferSize: 0 }, { bufferSize: 65_536 }, { bufferSize: 5000, gzip: true }]
) {
  Deno.test(`RotatingFileHandler has every record of ${TASKS} workers once, whole, with ${JSON.stringify(options)}`, () =>
    withFolder(async (folder) => {
      const texts = await logFromWorkers(
        folder,
        (filename) =>
          new RotatingFileHandler(filename, { maxBytes: MAX_BYTES, backupCount: 50, ...options }),
      );
      assert(Object.keys(texts).length > 5);
      for (const text of Object.values(texts)) {
        assert(new TextEncoder().encode(text).length < MAX_BYTES);
      }
      assertAllThere(inOrder(texts));
    }));
}

Deno.test(`TimedRotatingFileHandler has every record of ${TASKS} workers once, whole`, () =>
  withFolder(async (folder) => {
    const { now } = Date;
    let reads = 0;
    // Each look at the clock is a moment later, so that a file is full within a moment of the test.
    Date.now = () => Date.UTC(2026, 10, 21) + reads++;
    try {
      const texts = await logFromWorkers(
        folder,
        (filename) =>
          new TimedRotatingFileHandler(filename, {
            when: "S",
            interval: 10,
            utc: true,
            gzip: true,
            bufferSize: 65_536,
          }),
      );
      const names = Object.keys(texts).sort();
      assert(names.length > 5, names.join());
      const [current, ...backups] = names;
      assertAllThere([...backups, current ?? ""].map((name) => texts[name] ?? ""));
    } finally {
      Date.now = now;
    }
  }));
