/**
 * Three tasks, each of which configures its own root logger with a prefix, as if it ran alone. The
 * lines are the same in one thread and in several:
 *
 *     deno run --allow-read examples/run.ts --n-jobs=1
 *     deno run --allow-read examples/run.ts --n-jobs=3
 *     deno run --allow-all examples/run.ts --n-jobs=3 --backend=processes
 *     deno run --allow-all examples/run.ts --n-jobs=3 --backend=bullmq
 *
 * The last one needs Redis and an agent: see docs/distributed.md.
 *
 * A port of the script in "Logging in a multiprocessing context in Python" (mloning.com).
 */

import {
  type BackendOption,
  basicConfig,
  delayed,
  getLogger,
  Parallel,
  PrefixFilter,
  task,
} from "@paralog/paralog";
import { parseArgs } from "@std/cli/parse-args";

const USAGE = `Runs three tasks and logs what they do.

Usage: deno run --allow-read examples/run.ts --n-jobs=N [--backend=NAME] [--redis=URL]

Options:
  --n-jobs=N       how many tasks run at once: 1, 2, 3, …, or -1 for all cores, -2 for all but one, …
  --backend=NAME   where they run: auto (the default), inline, workers, processes, or bullmq: on agents
  --redis=URL      for bullmq, where Redis is; redis://127.0.0.1:6379 if it is left out
  -h, --help       show this text`;

const BACKENDS = ["auto", "inline", "workers", "processes", "bullmq"] as const;

/** What the command line says. */
interface Settings {
  readonly nJobs: number;
  readonly backend: typeof BACKENDS[number];
  readonly redis: string | undefined;
}

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

/** BullMQ is loaded only where it is wanted. */
async function findBackend({ backend, redis }: Settings): Promise<BackendOption> {
  if (backend !== "bullmq") return backend;
  const { bullmq } = await import("@paralog/paralog/bullmq");
  return bullmq({ connection: redis });
}

async function run(settings: Settings): Promise<void> {
  const { nJobs } = settings;
  console.log(`Running: nJobs=${nJobs} ...`);
  configureLogger("main", "INFO");
  const logger = getLogger();
  const parallel = new Parallel(nJobs, { backend: await findBackend(settings) });
  logger.info("Starting ...");
  const results = await parallel.run(
    ["1", "2", "3"].map((name) => delayed(runInParallel)(name, "DEBUG")),
  );
  logger.info("Done.");
  console.log(results);
}

/** Reads the command line. Returns `undefined` if help was asked for; throws with what is wrong. */
function readSettings(args: string[]): Settings | undefined {
  const unknown: string[] = [];
  const flags = parseArgs(args, {
    string: ["n-jobs", "backend", "redis"],
    boolean: ["help"],
    alias: { h: "help" },
    unknown: (arg) => {
      unknown.push(arg);
      return false;
    },
  });
  if (flags.help) return undefined;
  if (unknown.length > 0) {
    const allowed = "--n-jobs=N, --backend=NAME, --redis=URL and --help";
    throw new RangeError(`unknown argument ${unknown[0]}: allowed are ${allowed}`);
  }
  const { redis, backend: name = "auto" } = flags;
  const backend = BACKENDS.find((each) => each === name);
  if (backend === undefined) {
    throw new RangeError(`--backend is "${name}": allowed are ${BACKENDS.join(", ")}`);
  }
  if (redis !== undefined && backend !== "bullmq") {
    throw new RangeError("--redis is given: allowed are URLs with --backend=bullmq only");
  }
  return { nJobs: readNJobs(flags["n-jobs"]), backend, redis };
}

function readNJobs(text: unknown): number {
  if (typeof text !== "string" || !/^-?[1-9]\d{0,5}$/.test(text)) {
    const found = text === undefined ? "is missing" : `is "${text}"`;
    throw new RangeError(
      `--n-jobs ${found}: allowed are whole numbers, 1, 2, 3, …, or -1 for all cores`,
    );
  }
  return Number(text);
}

async function main(): Promise<void> {
  let settings: Settings | undefined;
  try {
    settings = readSettings(Deno.args);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.error(`run.ts: ${error.message}`);
    Deno.exit(2);
  }
  if (settings === undefined) console.log(USAGE);
  else await run(settings);
}

if (import.meta.main) await main();
