/**
 * Verifying the file that a logger wrote: every line whole, none missing, none twice, all in order.
 *
 * @module
 */

/** What a program of this figure is told to do. */
export interface LoggingInput {
  /** The file to append to; it is not there yet. */
  readonly file: string;
  /** How many records are logged in each run. All runs are in one program; the last is measured. */
  readonly runs: readonly number[];
}

/** What a program of this figure prints. */
export interface LoggingOutput {
  /** From the first log call to the last line in the file, in milliseconds, in the last run. */
  readonly ms: number;
  /** What all threads of it computed meanwhile, in milliseconds of a core. */
  readonly cpu: number;
  /** How big the file was when the clock was stopped, in bytes. */
  readonly bytes: number;
}

/** A line that was found in the file. */
export interface FoundLine {
  readonly message: string;
  /** The fields that were logged beside the message; none in lines of text. */
  readonly fields?: { readonly jobId?: unknown; readonly source?: unknown };
}

/** How the lines of a row are read. */
export interface LineFormat {
  readonly readLine: (line: string) => FoundLine | undefined;
  /** What a filter puts before each message. */
  readonly prefix?: string;
}

const MESSAGE = /^record (\d+): fetched, checked and stored$/;
const TEXT = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO bench\.logging (.*)$/;
const LEVELS: readonly unknown[] = ["INFO", "info", 30];

/**
 * Reads a line in the pattern `%(asctime)s %(levelname)s %(name)s %(message)s`.
 *
 * @param line The line.
 * @returns What it says; `undefined` if it is not whole.
 */
export function readText(line: string): FoundLine | undefined {
  const message = TEXT.exec(line)?.[1];
  return message === undefined ? undefined : { message };
}

/**
 * Reads a line of JSON, whatever a library calls its parts.
 *
 * @param line The line.
 * @returns What it says; `undefined` if it is not whole.
 */
export function readJson(line: string): FoundLine | undefined {
  try {
    const entry = JSON.parse(line);
    const time = entry.time ?? entry.datetime ?? entry.timestamp ?? entry["@timestamp"];
    if (time === undefined || !LEVELS.includes(entry.level)) return undefined;
    return { message: entry.message ?? entry.msg, fields: entry.args ?? entry.properties ?? entry };
  } catch {
    return undefined; // Torn: what is wrong with it is said by who asked.
  }
}

/**
 * Looks for what is wrong with the whole file.
 *
 * @param input What was to be done.
 * @param format How lines are read.
 * @returns Which line is torn, missing, twice or out of order; `undefined` if all is well.
 */
export async function findWrongLine(
  { file, runs }: LoggingInput,
  format: LineFormat,
): Promise<string | undefined> {
  const numbers = numbersOf(runs);
  let count = 0;
  for await (const lines of linesOf(file)) {
    for (const line of lines) {
      count++;
      const wanted = numbers.next().value;
      const found = format.readLine(line);
      const number = found && numberOf(found, format.prefix ?? "");
      if (number === undefined) return `line ${count} is torn: ${line}`;
      if (number === wanted) continue;
      return `line ${count} is out of order, expected record ${wanted ?? "no more"}: ${line}`;
    }
  }
  const all = runs.reduce((sum, records) => sum + records, 0);
  return count === all ? undefined : `${count} lines, expected ${all}`;
}

/** The numbers of the records of all runs, in the order in which they are logged. */
function* numbersOf(runs: readonly number[]): Generator<number, undefined> {
  for (const records of runs) for (let number = 0; number < records; number++) yield number;
  return undefined;
}

/** Which record it is; `undefined` if a part of the line does not fit. */
function numberOf({ message, fields }: FoundLine, prefix: string): number | undefined {
  if (typeof message !== "string" || !message.startsWith(prefix)) return undefined;
  const text = MESSAGE.exec(message.slice(prefix.length))?.[1];
  if (text === undefined) return undefined;
  const number = Number(text);
  const areWhole = !fields || (fields.jobId === number && fields.source === "inbox");
  return areWhole ? number : undefined;
}

/** The lines of a file, many at a time: it may be bigger than a string can be. */
async function* linesOf(file: string): AsyncGenerator<readonly string[]> {
  using reader = await Deno.open(file);
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(1024 * 1024);
  let rest = "";
  for (;;) {
    const length = await reader.read(bytes);
    if (length === null) break;
    const lines = (rest + decoder.decode(bytes.subarray(0, length), { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield lines;
  }
  if (rest !== "") yield [rest + " (without an end)"];
}
