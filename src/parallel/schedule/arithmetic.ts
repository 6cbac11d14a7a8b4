/**
 * Small sums as text, such as "1.5*nJobs".
 *
 * Ported from joblib's `eval_expr`, which has Python's operators and precedence.
 *
 * @module
 */

/** A number, an operator or a parenthesis, a name; each with the space before it. */
const TOKEN =
  /\s*(?:((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.])|(\*\*|\/\/|[-+*/%()])|([A-Za-z_]\w*))/y;

/** The longest sum that is read, in characters: parentheses may not fill the stack. */
const LONGEST = 200;

/** What each operator does. */
const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "//": (a, b) => Math.round((a - modulo(a, b)) / b),
  "%": modulo,
  "**": (a, b) => a ** b,
};

/** Python's, which has the sign of the divisor. `1 // 0.1` is 9 there: 0.1 is a bit more than a tenth. */
function modulo(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

/**
 * Computes a sum: numbers, names, `+ - * / // % **` and parentheses.
 *
 * @param text The sum.
 * @param names What the names in it stand for.
 * @returns The result, or `undefined` if the text is no such sum, or has no finite result.
 */
export function evaluate(
  text: string,
  names: Readonly<Record<string, number>>,
): number | undefined {
  const tokens = text.length > LONGEST ? undefined : tokenize(text, names);
  const result = tokens && new Sum(tokens).evaluate();
  return result !== undefined && Number.isFinite(result) ? result : undefined;
}

function tokenize(
  text: string,
  names: Readonly<Record<string, number>>,
): (number | string)[] | undefined {
  const tokens: (number | string)[] = [];
  const end = text.trimEnd().length;
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < end;) {
    const [, number, operator, name = ""] = TOKEN.exec(text) ?? [];
    const value = number !== undefined
      ? Number(number)
      : operator ?? (Object.hasOwn(names, name) ? names[name] : undefined);
    if (value === undefined) return undefined;
    tokens.push(value);
  }
  return tokens;
}

/** A sum, read from left to right. What is no sum becomes NaN, and stays it. */
class Sum {
  readonly #tokens: readonly (number | string)[];
  #at = 0;

  constructor(tokens: readonly (number | string)[]) {
    this.#tokens = tokens;
  }

  evaluate(): number {
    const result = this.#sum();
    return this.#at === this.#tokens.length ? result : NaN;
  }

  #sum(): number {
    let result = this.#product();
    for (let sign; (sign = this.#take("+", "-"));) result = compute(sign, result, this.#product());
    return result;
  }

  #product(): number {
    let result = this.#signed();
    for (let sign; (sign = this.#take("*", "/", "//", "%"));) {
      result = compute(sign, result, this.#signed());
    }
    return result;
  }

  #signed(): number {
    return this.#take("-") ? -this.#signed() : this.#power();
  }

  /** Python's `**` binds tighter than a sign on its left, and less tightly than one on its right. */
  #power(): number {
    const base = this.#atom();
    return this.#take("**") ? compute("**", base, this.#signed()) : base;
  }

  #atom(): number {
    if (this.#take("(")) {
      const result = this.#sum();
      return this.#take(")") ? result : NaN;
    }
    const token = this.#tokens[this.#at++];
    return typeof token === "number" ? token : NaN;
  }

  #take(...wanted: readonly string[]): string | undefined {
    const token = this.#tokens[this.#at];
    if (typeof token !== "string" || !wanted.includes(token)) return undefined;
    this.#at++;
    return token;
  }
}

function compute(operator: string, a: number, b: number): number {
  const result = OPERATORS[operator]?.(a, b) ?? NaN;
  return Number.isFinite(result) ? result : NaN; // A division by zero is no number, whatever follows.
}
