/**
 * The pictures of docs/performance.md: which numbers of which figure are drawn.
 *
 * @module
 */

import type { Chart, Place } from "./drawing.ts";

/** What a name such as `paralog, 1,000 calls` is made of. */
const CALLS = /^(?<line>.+), (?<number>[\d,]+) calls$/;
/** What a name such as `batchSize 100` is made of. */
const BATCH_SIZE = /^batchSize (?<number>[\d,]+)$/;

/** What a name such as `auto, 4 workers` is made of. Without a number, there are two workers. */
const WORKERS = /^(?<line>auto|batchSize 1|paralog)(?:, (?<number>\d+) workers?)?$/;

/** How the kinds of calls in the figure of batches are called beside their lines. */
const KINDS: Readonly<Record<string, string>> = {
  tiny: "calls that do nothing",
  short: "calls of 100 us",
  uneven: "each 50th 5 ms",
};

/** How the measures of the relay are called beside their lines. */
const PARTS: Readonly<Record<string, string>> = {
  warm: "until it is in the file",
  cpu: "CPU of all threads",
  call: "the log call in its worker",
};

/** The sizes of arguments, by the keys of their measures. */
const SIZES: Readonly<Record<string, Omit<Place, "line">>> = {
  small: { x: 1e3, label: "1 KB" },
  medium: { x: 1e5, label: "100 KB" },
  large: { x: 1e7, label: "10 MB", times: 1000 }, // The others are in us already.
};

/** The rows of bytes, each without what is drawn beside it. */
const BYTE_ROWS: ReadonlySet<string> = new Set([
  ...["paralog", "paralog, transfer", "paralog, processes", "bare workers", "piscina", "joblib"],
]);

/** The pictures, in the order in which the page shows those of a figure. */
export const CHARTS: readonly Chart[] = [
  {
    name: "growth",
    figure: "growth",
    title: "What a call costs in runs of more and more calls",
    axes: { x: "calls in a run", y: "us a call" },
    place: (row, { key }) => key === "warm" ? placeByName(row, CALLS) : undefined,
  },
  {
    name: "arguments",
    figure: "arguments",
    title: "What a call costs with more and more bytes",
    axes: { x: "size of the argument, and of the result", y: "us a call" },
    place: (row, { key }) => {
      const size = SIZES[key];
      return size && BYTE_ROWS.has(row) ? { line: row, ...size } : undefined;
    },
  },
  {
    name: "batch_size",
    figure: "batching",
    title: "What a call costs in batches of a fixed size",
    axes: { x: "calls in a batch", y: "us a call" },
    place: (row, { key }) => placeByName(row, BATCH_SIZE, KINDS[key]),
  },
  {
    name: "workers",
    figure: "batching",
    title: "What a call costs with more and more workers",
    axes: { x: "workers", y: "us a call" },
    place: (row, { key }) => {
      const found = key === "uneven" ? undefined : placeByWorkers(row);
      return found && { ...found, line: `${KINDS[key]}, ${found.line}` };
    },
  },
  {
    name: "relay_workers",
    figure: "relay",
    title: "What a record costs with more and more workers",
    axes: { x: "workers that log", y: "us a record" },
    place: (row, { key }) => {
      const [found, line] = [placeByWorkers(row), PARTS[key]];
      return found && line ? { ...found, line } : undefined;
    },
  },
];

/** Reads how many workers a row has. */
function placeByWorkers(row: string): Place | undefined {
  const { line, number = "2" } = WORKERS.exec(row)?.groups ?? {};
  return line === undefined ? undefined : { line, x: Number(number), label: number };
}

/** Reads the name of a row, if it has that form. */
function placeByName(row: string, form: RegExp, name = ""): Place | undefined {
  const { line = name, number } = form.exec(row)?.groups ?? {};
  if (number === undefined) return undefined;
  const x = Number(number.replaceAll(",", ""));
  return { line, x, label: x.toLocaleString("en-US") };
}
