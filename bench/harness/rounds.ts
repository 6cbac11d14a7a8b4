/**
 * Measuring the rows of a figure, round by round.
 *
 * @module
 */

import type { Figure, Row, Sample, Scale } from "./figure.ts";
import { type Expectation, renderTimeLeft } from "./time_left.ts";

/** What came of a row. */
export interface RowResult {
  readonly name: string;
  /** Why it was not measured on this machine. */
  readonly skipped?: string;
  /** What each round measured; `null` where the round failed. */
  readonly samples: readonly (Sample | null)[];
  /** What went wrong in the rounds that failed. */
  readonly failures: readonly string[];
}

/** How to measure. */
export interface RoundOptions extends Scale {
  /** How many rounds are measured, after one that warms up caches and is not counted. */
  readonly rounds: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** Is told what goes on, and how long it still takes. */
  readonly say: (text: string) => void;
  /** How long it will take, as far as that is known. */
  readonly expectation: Expectation;
}

/**
 * Measures all rows in every round, so that what else the machine does meets all of them. Every
 * other round goes backwards, so that no row always follows the same one.
 *
 * @param figure The figure.
 * @param options How many rounds, and how much work.
 * @returns What came of each row, in their order.
 * @throws The reason of the signal, if that ended it.
 */
export async function measureRows(
  figure: Figure,
  options: RoundOptions,
): Promise<readonly RowResult[]> {
  const tracks = await Promise.all(figure.rows.map((row) => startTrack(row, options.signal)));
  const measured = tracks.filter(({ skipped }) => skipped === undefined);
  const first = options.quick ? 1 : 0;
  const start = performance.now();
  for (let round = first; round <= options.rounds; round++) {
    const what = round === 0 ? "warming up" : `round ${round} of ${options.rounds}`;
    const elapsed = (performance.now() - start) / 1000;
    const position = { done: round - first, all: options.rounds - first + 1, elapsed };
    options.say(`${figure.name}: ${what}${renderTimeLeft(position, options.expectation)}`);
    for (const track of round % 2 === 0 ? measured : measured.toReversed()) {
      const sample = await measureOnce(track, what, options);
      if (round > 0) track.samples.push(sample);
    }
  }
  return tracks.map(({ row: _, ...result }) => result);
}

/** A row with what has come of it so far. */
interface Track extends RowResult {
  readonly row: Row;
  readonly samples: (Sample | null)[];
  readonly failures: string[];
}

async function startTrack(row: Row, signal: AbortSignal): Promise<Track> {
  const skipped = await row.peer?.obstacle(signal);
  return {
    name: row.name,
    row,
    ...(skipped !== undefined && { skipped }),
    samples: [],
    failures: [],
  };
}

async function measureOnce(
  { name, row, failures }: Track,
  what: string,
  { quick, signal, say }: RoundOptions,
): Promise<Sample | null> {
  signal.throwIfAborted();
  try {
    return checkSample(await row.measure({ quick }, signal));
  } catch (error) {
    signal.throwIfAborted();
    failures.push(`${what}: ${error instanceof Error ? error.message : error}`);
    say(`${name} failed: ${failures.at(-1)}`);
    return null;
  }
}

function checkSample(sample: Sample): Sample {
  for (const [key, value] of Object.entries(sample.values)) {
    if (!Number.isFinite(value)) throw new RangeError(`Cannot use ${value} as "${key}"`);
  }
  return sample;
}
