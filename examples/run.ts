/**
 * Three tasks, each of which configures its own root logger with a prefix, as if it ran alone. The
 * lines are the same in one thread and in several:
 *
 *     deno run --allow-read examples/run.ts --n-jobs=1
 *     deno run --allow-read examples/run.ts --n-jobs=3
 *
 * A port of the script in "Logging in a multiprocessing context in Python" (mloning.com).
 */

import { basicConfig, delayed, getLogger, Parallel, PrefixFilter, task } from "@paralog/paralog";
import { parseArgs } from "@std/cli/parse-args";

const USAGE = `Runs three tasks and logs what they do.

Usage: deno run --allow-read examples/run.ts --n-jobs=N

Options:
  --n-jobs=N   how many tasks run at once: 1, 2, 3, …, or -1 for all cores, -2 for all but one, …
  -h, --help   show this text`;

function configureLogger(processName: string, level: string): void {
  basicConfig({
    level,
    format: "%(asctime)s %(levelname)s %(processName)s %(process)d %(name)s %(message)s",
  });
  const logger = getLogger();
  logger.filters = [new PrefixFilter(`process=${processName} `)];
  logger.debug(`Configured logger for process: ${processName}`);
}

export const runInParallel = task(
  import.meta,
  async function runInParallel(processName: string, logLevel: string): Promise<string> {
    configureLogger(processName, logLevel);
    const logger = getLogger();
    logger.debug(`Running process: ${processName} ...`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    logger.debug("Done.");
    return processName;
  },
);

async function run(nJobs: number): Promise<void> {
  console.log(`Running: nJobs=${nJobs} ...`);
  configureLogger("main", "INFO");
  const logger = getLogger();
  const parallel = new Parallel(nJobs);
  logger.info("Starting ...");
  const results = await parallel.run(
    ["1", "2", "3"].map((name) => delayed(runInParallel)(name, "DEBUG")),
  );
  logger.info("Done.");
  console.log(results);
}

/** Reads the command line. Returns `undefined` if help was asked for; throws with what is wrong. */
function readNJobs(args: string[]): number | undefined {
  const unknown: string[] = [];
  const flags = parseArgs(args, {
    string: ["n-jobs"],
    boolean: ["help"],
    alias: { h: "help" },
    unknown: (arg) => {
      unknown.push(arg);
      return false;
    },
  });
  if (flags.help) return undefined;
  if (unknown.length > 0) {
    throw new RangeError(`unknown argument ${unknown[0]}: allowed are --n-jobs=N and --help`);
  }
  const text: unknown = flags["n-jobs"];
  if (typeof text !== "string" || !/^-?[1-9]\d{0,5}$/.test(text)) {
    const found = text === undefined ? "is missing" : `is "${text}"`;
    throw new RangeError(
      `--n-jobs ${found}: allowed are whole numbers, 1, 2, 3, …, or -1 for all cores`,
    );
  }
  return Number(text);
}

async function main(): Promise<void> {
  let nJobs: number | undefined;
  try {
    nJobs = readNJobs(Deno.args);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.error(`run.ts: ${error.message}`);
    Deno.exit(2);
  }
  if (nJobs === undefined) console.log(USAGE);
  else await run(nJobs);
}

if (import.meta.main) await main();
