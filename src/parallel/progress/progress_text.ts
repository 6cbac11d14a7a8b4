/**
 * How far a run is, as text: pure functions, as those that render the progress of dsherret's dax.
 *
 * @module
 */

import { escapeToOneLine } from "../../logging/text/control_characters.ts";
import type { TaskProgress } from "../watching/run_observer.ts";
import { amountText, clockText, durationText, percentText, rateText, shareOf } from "./amounts.ts";
import { clipToWidth, displayWidth } from "./display_width.ts";
import type { RunProgress } from "./progress_option.ts";

/** How a bar is drawn. */
export interface BarStyle {
  /** How many columns it may take. */
  readonly columns: number;
  /** Whether it is coloured. */
  readonly colors: boolean;
}

/** How wide bars are: less than the least says nothing, and more than the most says no more. */
const LEAST_BAR = 12;
const MOST_BAR = 32;
/** How many columns a name may take beside a bar. */
const MOST_NAME = 24;
/** Tasks that have a line of their own. */
const MOST_TASKS = 5;
const GAP = 2;

const GREEN = "\x1b[32m";
const YELLOW = "\x1b[33m";
const RED = "\x1b[31m";
const DEFAULT_COLOR = "\x1b[39m";
const STATE_COLORS = { running: "", done: GREEN, stopped: YELLOW, failed: RED } as const;

/** A part of a line. */
interface Part {
  readonly text: string;
  /** Parts with a low one stay when there is no room for all. */
  readonly rank: number;
  readonly color?: string;
  /** Takes the room that is left, with so much of it filled. */
  readonly share?: number;
}

/**
 * The lines of a bar: one for the run, and one for each of the first tasks that tell their own progress.
 *
 * @param progress How far the run is.
 * @param style How wide it may be, and whether it is coloured.
 * @returns Lines that are no wider than that.
 */
export function barLines(progress: RunProgress, style: BarStyle): string[] {
  const { tasks } = progress;
  const lines = [runParts(progress), ...tasks.slice(0, MOST_TASKS).map(taskParts)];
  const more = tasks.length - MOST_TASKS;
  if (more > 0) lines.push([{ text: `  and ${more} more`, rank: 0 }]);
  return lines.map((parts) => lineOf(parts, style));
}

/**
 * How far a run is, on a whole line for those who read no terminal.
 *
 * @param progress How far it is.
 * @returns A line such as "Parallel: 450 of 1000 (45%), 83/s, 0:07 left, 4 running, 2 failed".
 */
export function plainLine(progress: RunProgress): string {
  const { done, total, rate, remaining, running, elapsed, state } = progress;
  const of = total === undefined
    ? ` in ${durationText(elapsed)}`
    : ` of ${total} (${percentText(shareOf(done, total))})`;
  const parts = state === "running"
    ? [`${done}${of}`, rateText(rate), leftText(remaining), `${running} running`]
    : [`${endText(progress)}: ${done}${total === undefined ? "" : ` of ${total}`}`, rateText(rate)];
  const all = [...parts, failedText(progress), retriedText(progress)];
  return `${escapeToOneLine(progress.name ?? "Parallel")}: ${
    all.filter((part) => part !== "").join(", ")
  }`;
}

function runParts(progress: RunProgress): Part[] {
  const { name, done, total, state, elapsed, rate, running } = progress;
  const share = total === undefined ? undefined : shareOf(done, total);
  const isRunning = state === "running";
  return [
    { text: nameText(name ?? ""), rank: 6 },
    ...(share === undefined ? [] : shareParts(share)),
    { text: total === undefined ? `${done} done` : `${done}/${total}`, rank: 0 },
    isRunning
      ? {
        text: total === undefined ? durationText(elapsed) : leftText(progress.remaining),
        rank: 4,
      }
      : { text: endText(progress), rank: 1, color: STATE_COLORS[state] },
    { text: rateText(rate), rank: 5 },
    { text: isRunning ? `${running} running` : "", rank: 7 },
    { text: failedText(progress), rank: 2, color: RED },
    { text: retriedText(progress), rank: 8 },
  ];
}

function taskParts({ index, worker, done, total }: TaskProgress): Part[] {
  const count = [done, total].filter((each) => each !== undefined).map(amountText).join("/");
  return [
    { text: `  task ${index}`, rank: 1 },
    { text: nameText(worker), rank: 3 },
    ...(total === undefined ? [] : shareParts(shareOf(done, total))),
    { text: count, rank: 0 },
  ];
}

function shareParts(share: number): Part[] {
  return [
    { text: percentText(share).padStart(3), rank: 3 },
    { text: "", rank: 3, share },
  ];
}

/** It may come from outside of the program. */
function nameText(name: string): string {
  return clipToWidth(escapeToOneLine(name), MOST_NAME);
}

function endText({ state, elapsed }: RunProgress): string {
  return `${state} ${state === "done" ? "in" : "after"} ${durationText(elapsed)}`;
}

function leftText(remaining: number | undefined): string {
  return remaining === undefined ? "" : `${clockText(remaining)} left`;
}

function failedText({ failed }: RunProgress): string {
  return failed === 0 ? "" : `${failed} failed`;
}

function retriedText({ retried }: RunProgress): string {
  return retried === 0 ? "" : `${retried} retried`;
}

/** The parts for which there is room, those of the lowest rank first, in their own order. */
function lineOf(parts: readonly Part[], { columns, colors }: BarStyle): string {
  let left = columns + GAP;
  const fitting = new Set<Part>();
  for (const part of parts.toSorted((a, b) => a.rank - b.rank)) {
    const width = part.share === undefined ? displayWidth(part.text) : LEAST_BAR;
    if (width === 0 || width + GAP > left) continue;
    left -= width + GAP;
    fitting.add(part);
  }
  const shown = parts.filter((part) => fitting.has(part)).map((part) => {
    const text = part.share === undefined ? part.text : barOf(part.share, LEAST_BAR + left, colors);
    return colors && part.color ? part.color + text + DEFAULT_COLOR : text;
  });
  return shown.join(" ".repeat(GAP));
}

function barOf(share: number, room: number, colors: boolean): string {
  const width = Math.min(room, MOST_BAR) - "[]".length;
  const filled = Math.floor(share * width);
  const [begin, end] = colors ? [GREEN, DEFAULT_COLOR] : ["", ""];
  return `[${begin}${"#".repeat(filled)}${end}${"-".repeat(width - filled)}]`;
}
