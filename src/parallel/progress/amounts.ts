/**
 * Times, rates and shares as short texts.
 *
 * @module
 */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * A time that has passed: "0.35 s", "3.2 s", "0:42", "1:02:03".
 *
 * @param milliseconds How long it is.
 */
export function durationText(milliseconds: number): string {
  if (milliseconds < SECOND - 5) return `${(milliseconds / SECOND).toFixed(2)} s`;
  if (milliseconds < 10 * SECOND - 50) return `${(milliseconds / SECOND).toFixed(1)} s`;
  return clockText(milliseconds);
}

/**
 * A time as a clock shows it, in whole seconds: "0:07", "1:02:03".
 *
 * @param milliseconds How long it is.
 */
export function clockText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / SECOND);
  const two = (number: number) => String(Math.floor(number) % 60).padStart(2, "0");
  const minutes = seconds / 60;
  if (minutes < 60) return `${Math.floor(minutes)}:${two(seconds)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes)}:${two(seconds)}`;
}

/**
 * How many there are in a second, or, if they are rare, in a minute or an hour: "1234/s", "8.3/s", "12/min".
 * Nothing for none.
 *
 * @param perSecond Calls a second.
 */
export function rateText(perSecond: number): string {
  if (!(perSecond > 0)) return "";
  if (perSecond >= 1) return `${threeDigits(perSecond)}/s`;
  const perMinute = perSecond * MINUTE / SECOND;
  if (perMinute >= 1) return `${threeDigits(perMinute)}/min`;
  return `${threeDigits(perSecond * HOUR / SECOND)}/h`;
}

function threeDigits(number: number): string {
  return number < 9.95 ? number.toFixed(1) : String(Math.round(number));
}

/**
 * How much of it is done; 1 only if all is.
 *
 * @param done How much.
 * @param total Of how much. Nothing at all is done.
 * @returns A number from 0 to 1.
 */
export function shareOf(done: number, total: number): number {
  if (!(total > 0)) return 1;
  return Math.min(Math.max(done / total, 0), 1) || 0; // Infinite of infinitely many is nothing.
}

/**
 * How much there is of something that a task measures as it likes.
 *
 * @param amount Any number.
 */
export function amountText(amount: number): string {
  return Number.isInteger(amount) ? String(amount) : amount.toFixed(2);
}

/**
 * A share in percent: "45%". "100%" only if all is done.
 *
 * @param share A number from 0 to 1.
 */
export function percentText(share: number): string {
  return `${Math.floor(share * 100)}%`;
}
