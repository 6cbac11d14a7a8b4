/**
 * The file that keeps what was measured: the latest run of each figure.
 *
 * @module
 */

import type { Budget, Measure } from "./figure.ts";
import type { Machine } from "./machine.ts";
import { renderJson } from "./json_text.ts";
import type { RowResult } from "./rounds.ts";

/** What came of a figure, with all that its table needs. */
export interface FigureResult {
  /** What was measured, in a line. */
  readonly title: string;
  /** When that began, in the form of ISO 8601. */
  readonly began: string;
  /** How long it took. */
  readonly seconds: number;
  /** How many rounds were measured. */
  readonly rounds: number;
  /** Whether it was only to show that everything works. */
  readonly quick: boolean;
  /** On what. */
  readonly machine: Machine;
  /** The versions of the peers, by their names. */
  readonly versions: Readonly<Record<string, string>>;
  /** The columns. */
  readonly measures: readonly Measure[];
  /** What rows should reach. */
  readonly budgets: readonly Budget[];
  /** The lines. The first is what the others are compared with. */
  readonly rows: readonly RowResult[];
}

/** What came of figures, by their names. */
export type Results = Readonly<Record<string, FigureResult>>;

/**
 * Reads a file of results.
 *
 * @param file The file.
 * @returns What is in it; nothing if there is no file.
 * @throws {RangeError} If it is a file of something else.
 */
export async function readResults(file: string | URL): Promise<Results> {
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
  const figures = figuresOf(text);
  if (figures) return figures;
  throw new RangeError(`Cannot keep the results in "${file}": they have another form; remove it`);
}

/** What the text of a file has, if the bench has written it. */
function figuresOf(text: string): Results | undefined {
  try {
    const { figures } = JSON.parse(text);
    const isResult = (value: Partial<FigureResult>) => Array.isArray(value.rows);
    return Object.values<FigureResult>(figures).every(isResult) ? figures : undefined;
  } catch {
    return undefined; // No JSON, or JSON of something else.
  }
}

/**
 * Writes one figure into a file of results. What it has of other figures stays.
 *
 * @param file The file.
 * @param name The name of the figure.
 * @param result What came of it.
 * @returns What the file has then.
 * @throws {RangeError} If it is a file of something else.
 */
export async function keepResult(
  file: string | URL,
  name: string,
  result: FigureResult,
): Promise<Results> {
  const all = { ...await readResults(file), [name]: result };
  const figures = Object.fromEntries(Object.entries(all).sort(([a], [b]) => a < b ? -1 : 1));
  await Deno.writeTextFile(file, renderJson({ figures }) + "\n");
  return figures;
}
