/**
 * Verifying the file that a relay wrote: every line whole, none missing, none twice, and those of a
 * task in their order.
 *
 * @module
 */

/** What a program of this figure is told to do. */
export interface RelayInput {
  /** The file to append to; it is not there yet. */
  readonly file: string;
  /** How many tasks log; each in a worker of its own, unless there are fewer workers. */
  readonly tasks: number;
  /** How many records each task logs. */
  readonly records: number;
  /** How often all of it is done with the same workers; the last time is measured. */
  readonly runs: number;
}

/** What a program of this figure prints. */
export interface RelayOutput {
  /** From "go" to the last line in the file, in milliseconds, in the last run. */
  readonly ms: number;
  /** What all threads and processes of it computed meanwhile, in milliseconds of a core. */
  readonly cpu: number;
  /** How many lines the file had when the clock was stopped. */
  readonly lines: number;
  /** How long each task took to log its records, in milliseconds, in the last run. */
  readonly calls: readonly number[];
}

/** A line that was found in the file. */
export interface FoundLine {
  readonly worker: string;
  readonly message: string;
}

const MESSAGE = /^record (\d+) of task (\d+): fetched, checked and stored$/;
const TEXT = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (\S+) INFO bench\.relay (.*)$/;

/**
 * Reads a line in the pattern `%(asctime)s %(processName)s %(levelname)s %(name)s %(message)s`.
 *
 * @param line The line.
 * @returns What it says; `undefined` if it is not whole.
 */
export function readText(line: string): FoundLine | undefined {
  const [, worker, message] = TEXT.exec(line) ?? [];
  return worker === undefined || message === undefined ? undefined : { worker, message };
}

/**
 * Reads a line of JSON with the same in it.
 *
 * @param line The line.
 * @returns What it says; `undefined` if it is not whole.
 */
export function readJson(line: string): FoundLine | undefined {
  try {
    const { time, level, name, worker, msg } = JSON.parse(line);
    const isWhole = typeof time === "number" && level === 30 && name === "bench.relay";
    return isWhole ? { worker, message: msg } : undefined;
  } catch {
    return undefined; // Torn: what is wrong with it is said by who asked.
  }
}

/**
 * Looks for what is wrong with the whole file.
 *
 * @param text The file.
 * @param input What was to be done.
 * @param options How lines are read, and by how many workers they were logged.
 * @returns Which line is torn, missing, twice, out of order or of another worker; `undefined` if
 * all is well.
 */
export function findWrongLine(
  text: string,
  { tasks, records, runs }: RelayInput,
  options: { readLine: (line: string) => FoundLine | undefined; workers: number },
): string | undefined {
  const counts = new Map<string, number>();
  const workers = new Set<string>();
  const lines = text.split("\n");
  if (lines.pop() !== "") return "the last line of the file has no end";
  for (const [index, line] of lines.entries()) {
    const found = options.readLine(line);
    const [, number, task] = MESSAGE.exec(found?.message ?? "") ?? [];
    if (!found || task === undefined) return `line ${index + 1} is torn: ${line}`;
    const count = counts.get(task) ?? 0;
    if (Number(number) !== count % records) {
      return `line ${index + 1} is out of order, expected record ${count % records}: ${line}`;
    }
    counts.set(task, count + 1);
    workers.add(found.worker);
  }
  const wanted = tasks * records * runs;
  if (lines.length !== wanted) return `${lines.length} lines, expected ${wanted}`;
  for (const [task, count] of counts) {
    if (count !== records * runs) {
      return `${count} lines of task ${task}, expected ${records * runs}`;
    }
  }
  if (counts.size !== tasks) return `lines of ${counts.size} tasks, expected ${tasks}`;
  if (workers.size === options.workers) return undefined;
  return `lines of ${workers.size} workers, expected ${options.workers}`;
}
