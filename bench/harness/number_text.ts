/**
 * Measured numbers as text.
 *
 * @module
 */

import type { Summary } from "./statistics.ts";

/**
 * A number with the three digits that mean something.
 *
 * @param value The number.
 * @returns It without an exponent, thousands apart: `0.0123`, `4.50`, `12,346`.
 */
export function renderNumber(value: number): string {
  const text = Number(value.toPrecision(3));
  const digits = text === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(text))));
  const rounded = Math.abs(value) >= 1000 ? value : text;
  return rounded.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/**
 * A limit as it was written: no digits are added.
 *
 * @param value The limit.
 * @returns At most three digits that are not zero: `0.05`, `1.2`, `500`.
 */
export function renderLimit(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en-US", { maximumFractionDigits: 20 });
}

/**
 * The median with the spread behind it.
 *
 * @param summary The numbers of all rounds; there may be none.
 * @returns The three numbers, or one if there was one round.
 */
export function renderSummary(summary: Summary | undefined): string {
  if (!summary) return "-";
  const { median, least, most } = summary;
  return summary.count === 1
    ? renderNumber(median)
    : `${renderNumber(median)} (${renderNumber(least)}-${renderNumber(most)})`;
}

/**
 * A span of time.
 *
 * @param seconds How long.
 * @returns Seconds, or minutes from two of them on.
 */
export function renderSeconds(seconds: number): string {
  return seconds < 120 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
