/**
 * Finding the figures of `bench/`.
 *
 * @module
 */

import type { Figure } from "./figure.ts";

/** Where the figures are. */
const FOLDER = new URL("../", import.meta.url);

/** The names of the figures: files beside each other, one a figure. */
export function findFigures(): string[] {
  return [...Deno.readDirSync(FOLDER)]
    .filter(({ isFile, name }) => isFile && name.endsWith(".ts"))
    .map(({ name }) => name.slice(0, -".ts".length))
    .sort();
}

/**
 * Loads figures with those of their rows that are asked for.
 *
 * @param names The names of the figures.
 * @param only What the names of rows have in them; "" is in all of them.
 * @returns The figures that have such rows.
 * @throws {RangeError} If no figure has such rows.
 */
export async function loadFigures(
  names: readonly string[],
  only: string,
): Promise<readonly Figure[]> {
  const loaded = await Promise.all(names.map(async (name) => {
    const { figure }: { figure: Figure } = await import(new URL(`${name}.ts`, FOLDER).href);
    return figure;
  }));
  const chosen = loaded
    .map((figure) => ({ ...figure, rows: figure.rows.filter(({ name }) => name.includes(only)) }))
    .filter(({ rows }) => rows.length > 0);
  if (chosen.length > 0) return chosen;
  const rows = loaded.flatMap(({ rows }) => rows).map(({ name }) => `"${name}"`);
  throw new RangeError(`--only is "${only}": rows are ${rows.join(", ")}`);
}
