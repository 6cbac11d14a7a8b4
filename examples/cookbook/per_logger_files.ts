/**
 * The multi-process example with `dictConfig` of Python's logging cookbook, and its variant with a
 * pool of workers: five workers log on six loggers; the configuration of the main program sends
 * everything to one file, what belongs to "foo" to another too, errors to a third, and INFO and up
 * to the console.
 *
 *     deno run --allow-read --allow-write examples/cookbook/per_logger_files.ts [FOLDER] [pool]
 *
 * Prints the messages from INFO up on stderr, and writes `mplog.log`, `mplog-foo.log` and
 * `mplog-errors.log` to the folder (default: the current one). Each of five workers logs 100
 * messages; with "pool", ten calls of the same share five workers.
 */

import { delayed, dictConfig, getLogger, Parallel, task } from "@paralog/paralog";

const LEVELS = ["DEBUG", "INFO", "WARN", "ERROR", "CRITICAL"] as const;
const LOGGERS = ["foo", "foo.bar", "foo.bar.baz", "spam", "spam.ham", "spam.ham.eggs"] as const;

function choice<T>(values: readonly [T, ...T[]]): T {
  return values[Math.floor(Math.random() * values.length)] ?? values[0];
}

export const work = task(import.meta, function work(): void {
  for (let i = 0; i < 100; i++) {
    getLogger(choice(LOGGERS)).log(choice(LEVELS), "Message no. %d", i);
  }
});

function configuration(folder: string) {
  const file = { class: "logging.FileHandler", mode: "w", formatter: "detailed" };
  return {
    version: 1,
    formatters: {
      detailed: {
        class: "logging.Formatter",
        format: "%(asctime)s %(name)-15s %(levelname)-8s %(processName)-10s %(message)s",
      },
    },
    handlers: {
      console: { class: "logging.StreamHandler", level: "INFO" },
      file: { ...file, filename: `${folder}/mplog.log` },
      foofile: { ...file, filename: `${folder}/mplog-foo.log` },
      errors: { ...file, filename: `${folder}/mplog-errors.log`, level: "ERROR" },
    },
    loggers: { foo: { handlers: ["foofile"] } },
    root: { level: "DEBUG", handlers: ["console", "file", "errors"] },
  };
}

async function main(folder: string, withPool: boolean): Promise<void> {
  await dictConfig(configuration(folder));
  const calls = Array.from({ length: 5 }, () => delayed(work)());
  if (!withPool) {
    await new Parallel(5).run(calls);
    return;
  }
  await using pool = new Parallel(5); // Its workers live until the end of this function.
  await pool.run(calls);
  await pool.run(calls);
}

if (import.meta.main) await main(Deno.args[0] ?? ".", Deno.args[1] === "pool");
