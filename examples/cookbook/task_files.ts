/**
 * A file for each task. In Python every worker needs an initializer that takes the handlers of the
 * task before off the root logger, and opens a new one; here it is an option of the run. The lines
 * of a task are in one file, whichever worker ran it, and from INFO up on the console too.
 *
 *     deno run --allow-read --allow-write examples/cookbook/task_files.ts [FOLDER]
 *
 * Prints two lines for each of eight tasks on stderr, and writes four for each to `task-000.log` and
 * so on, in the folder (default: the current one).
 */

import { ConsoleHandler, getLogger, Parallel, task } from "@paralog/paralog";

const logger = getLogger("resize");

export const resize = task(import.meta, async function resize(image: string): Promise<number> {
  logger.info("begins with %s", image);
  for (const width of [1280, 640]) {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
    logger.debug("%s is %d wide now", image, width);
  }
  logger.info("is done with %s", image);
  return image.length;
});

async function main(folder: string): Promise<void> {
  const root = getLogger();
  root.setLevel("DEBUG");
  root.addHandler(new ConsoleHandler({ level: "INFO", formatter: "%(taskIndex)d %(message)s" }));
  const images = ["a", "b", "c", "d", "e", "f", "g", "h"].map((name) => `${name}.png`);
  await new Parallel(3).map(resize, images, {
    taskLogs: {
      file: `${folder}/task-%(taskIndex)03d.log`, // With %(run)s where a program has several runs.
      format: "%(asctime)s %(processName)s %(levelname)-5s %(message)s",
    },
  });
}

if (import.meta.main) await main(Deno.args[0] ?? ".");
