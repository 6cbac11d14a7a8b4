/**
 * What all programs of the figure of arguments do: calls that get bytes or text and give the same
 * back, timed for each size.
 *
 * @module
 */

/** What arguments are. */
export type Kind = "bytes" | "text";

/** An argument, and a result. */
export type Value = Uint8Array<ArrayBuffer> | string;

/** Calls of one size. */
export interface Load {
  /** How long an argument is, in bytes; text has one byte a character. */
  readonly bytes: number;
  /** How many calls a run has. */
  readonly calls: number;
  /** How often it is run before, to start the workers and to warm up. */
  readonly warmUps: number;
  /** How many runs are timed. */
  readonly runs: number;
}

/** What a program is told to do. */
export interface ArgumentsInput {
  readonly kind: Kind;
  readonly loads: readonly Load[];
}

/** What a program prints: milliseconds of a run, for each load; the median of its runs. */
export type ArgumentsOutput = readonly number[];

/**
 * Runs the loads, and times them.
 *
 * @param input What they are.
 * @param echo Gives each value to a worker, and gathers what comes back, in order.
 * @returns How long each took.
 * @throws {Error} If something is missing or wrong in what comes back.
 */
export async function timeLoads(
  { kind, loads }: ArgumentsInput,
  echo: (values: Value[]) => Promise<readonly Value[]>,
): Promise<ArgumentsOutput> {
  const medians: number[] = [];
  for (const load of loads) {
    const times: number[] = [];
    for (let run = 0; run < load.warmUps + load.runs; run++) {
      const values = makeValues(kind, load); // New ones: those before may have been moved.
      const start = performance.now();
      const results = await echo(values);
      times.push(performance.now() - start);
      checkResults(results, kind, load);
    }
    const sorted = times.slice(load.warmUps).sort((a, b) => a - b);
    medians.push(sorted[sorted.length >> 1] ?? 0);
  }
  return medians;
}

/** Each value is of one letter, and those of neighbours differ. */
function letterOf(place: number): number {
  return 97 + place % 26;
}

function makeValues(kind: Kind, { bytes, calls }: Load): Value[] {
  return Array.from({ length: calls }, (_, place) => {
    const value = new Uint8Array(bytes).fill(letterOf(place));
    return kind === "bytes" ? value : new TextDecoder().decode(value);
  });
}

/**
 * Checks what came back.
 *
 * @param results One for each call, in order.
 * @param kind What each is.
 * @param load How many there are, and how long.
 * @throws {Error} If something is missing or wrong.
 */
export function checkResults(results: readonly Value[], kind: Kind, load: Load): void {
  const { bytes, calls } = load;
  if (results.length !== calls) throw new Error(`${results.length} results of ${calls} calls`);
  for (const [place, result] of results.entries()) {
    const text = typeof result === "string" ? result : new TextDecoder().decode(result);
    const isRight = (typeof result === "string") === (kind === "text") &&
      text === String.fromCharCode(letterOf(place)).repeat(bytes);
    if (isRight) continue;
    throw new Error(`call ${place} of ${bytes} bytes resulted in ${result.length}, or others`);
  }
}
