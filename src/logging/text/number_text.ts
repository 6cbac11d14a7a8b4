/**
 * Floating-point numbers as text, by the rules of C's `printf` and Python's `repr`. Both `%`
 * formatting and `str.format` write numbers with it.
 *
 * @module
 */

/**
 * Writes a number as C's `%e`, `%f` and `%g` do.
 *
 * @param type One of `eEfFgG`.
 * @param value The number; one that is not finite becomes "nan", "inf" or "-inf".
 * @param precision Digits after the point; for `g`, digits in all.
 * @param keepPoint Whether the point stays where nothing follows it, and for `g` zeros stay too.
 * @returns The text, with a sign if it is negative.
 */
export function floatText(
  type: string,
  value: number,
  precision: number,
  keepPoint = false,
): string {
  const text = Number.isFinite(value)
    ? finiteText(type.toLowerCase(), value, precision, keepPoint)
    : wordFor(value);
  return type === type.toUpperCase() ? text.toUpperCase() : text;
}

function finiteText(type: string, value: number, precision: number, keepPoint: boolean): string {
  const text = type === "f"
    ? fixed(value, precision)
    : type === "e"
    ? exponential(value, precision)
    : general(value, precision || 1, precision || 1, keepPoint);
  return keepPoint && !text.includes(".") ? text.replace(/(?=e|$)/, ".") : text;
}

function wordFor(value: number): string {
  return Number.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
}

/**
 * Writes a number as Python's `repr` writes a float: the fewest digits that give it back, and ".0"
 * behind a whole one.
 *
 * @param value The number.
 * @param precision Digits in all, as in `format(value, ".3")`; without it, as many as it needs.
 * @param keepPoint Whether all digits of the precision are written, zeros at the end too.
 * @returns The text, with a sign if it is negative.
 */
export function floatRepr(value: number, precision?: number, keepPoint = false): string {
  if (!Number.isFinite(value)) return wordFor(value);
  const text = precision === undefined
    ? shortest(value)
    : general(value, precision || 1, (precision || 1) - 1, keepPoint);
  const hasExponent = text.includes("e");
  if (keepPoint && !text.includes(".") && (hasExponent || precision !== undefined)) {
    return text.replace(/(?=e|$)/, ".");
  }
  return hasExponent || text.includes(".") ? text : `${text}.0`;
}

/** The fewest digits; with an exponent below 1e-4 and from 1e16 on. */
function shortest(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return twoDigitExponent(value.toExponential());
  return Object.is(value, -0) ? "-0" : String(value);
}

/** `toFixed`, with ties to even as Python has it, and for any size. */
function fixed(value: number, precision: number): string {
  if (Math.abs(value) >= 1e21) {
    return BigInt(value).toString() + (precision > 0 ? `.${"0".repeat(precision)}` : "");
  }
  const shown = Math.min(precision, MAX_DIGITS);
  const more = value.toFixed(Math.min(shown + TIE_DIGITS, MAX_DIGITS));
  const text = tieToEven(more, shown) ?? value.toFixed(shown);
  const sign = Object.is(value, -0) || (value < 0 && !text.startsWith("-")) ? "-" : "";
  return sign + text + "0".repeat(precision - shown);
}

function exponential(value: number, precision: number): string {
  const shown = Math.min(precision, MAX_DIGITS);
  const [more = "", exponent] = value.toExponential(Math.min(shown + TIE_DIGITS, MAX_DIGITS))
    .split("e");
  const even = tieToEven(more, shown);
  const text = even === undefined ? value.toExponential(shown) : `${even}e${exponent}`;
  return (Object.is(value, -0) ? "-" : "") + twoDigitExponent(text);
}

function twoDigitExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}

/** The most digits that `toFixed` and `toExponential` take. */
const MAX_DIGITS = 100;

/** Digits in which a number that is no tie differs from one; a double has 17. */
const TIE_DIGITS = 25;

/**
 * Cuts a number after some decimals if it lies exactly between two and the lower one is even, which
 * is how Python rounds; JavaScript would round it away from zero.
 */
function tieToEven(digits: string, decimals: number): string | undefined {
  const cut = digits.indexOf(".") + 1 + decimals;
  if (!/^50*$/.test(digits.slice(cut))) return undefined;
  const kept = digits.slice(0, decimals === 0 ? cut - 1 : cut);
  return /[02468]$/.test(kept) ? kept : undefined;
}

/** C's `%g`: fixed for exponents from -4 up to a limit, exponential otherwise. */
function general(value: number, precision: number, limit: number, keepZeros: boolean): string {
  const rounded = exponential(value, precision - 1);
  const exponent = Number(rounded.slice(rounded.indexOf("e") + 1));
  const inFixed = exponent >= -4 && exponent < limit;
  const text = inFixed ? fixed(value, precision - 1 - exponent) : rounded;
  if (keepZeros || !text.includes(".")) return text;
  return text.replace(/^([^e]*?)\.?0+(?=e|$)/, "$1"); // Not the zeros of an exponent.
}
