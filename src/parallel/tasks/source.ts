/**
 * Functions as source text: how a function that is no task reaches another thread.
 *
 * @module
 */

/**
 * Checks that a function can be sent by its source. Nothing of it is run.
 *
 * @param source The text of the function.
 * @param name The name of the function, for the error.
 * @throws {TypeError} If it is a class, built in, bound, or a getter or setter.
 */
export function checkSource(source: string, name: string): void {
  if (/^class\b/.test(source)) {
    throw new TypeError(`Cannot send ${name} by its source: it is a class, wrap it in a function`);
  }
  if (/\{\s*\[native code\]\s*\}\s*$/.test(source)) {
    throw new TypeError(
      `Cannot send ${name.trim()} by its source: it is built in or bound. Wrap it in a function: ` +
        "delayed((x) => Math.sqrt(x))",
    );
  }
  if (/^(?:get|set)\s+[^\s(]|^(?:async\s*)?\*?\s*\[/.test(source)) {
    throw new TypeError(
      `Cannot send ${name} by its source: it is a getter, a setter or a method with a computed ` +
        "name. Wrap it in a function: delayed((x) => …)",
    );
  }
  compile(source, name, []);
}

/**
 * Makes a function of its source.
 *
 * @param source The text of the function.
 * @param name The name of the function, for the error.
 * @param scope What the function may use by name, beside the globals.
 * @returns The function.
 * @throws {TypeError} If the text is no function.
 */
export function functionOf(
  source: string,
  name: string,
  scope: Readonly<Record<string, unknown>>,
): (...args: never[]) => unknown {
  // Only those that the text names: each one more makes the compiler slower.
  const names = Object.keys(scope).filter((each) => source.includes(each));
  return compile(source, name, names)(...names.map((each) => scope[each]));
}

type Maker = (...scope: unknown[]) => (...args: never[]) => unknown;

/** `function`, arrow and async functions are expressions; a method is one only inside an object. */
function compile(source: string, name: string, parameters: readonly string[]): Maker {
  for (const body of [`return (${source}\n)`, `return Object.values({${source}\n})[0]`]) {
    try {
      return new Function(...parameters, `"use strict"; ${body}`) as Maker; // What the body returns.
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  throw new TypeError(
    `Cannot send ${name} by its source: its text is no function on its own. Write ` +
      "delayed((x) => …), or make a task of it: export const f = task(import.meta, function f(x) {…})",
  );
}

/**
 * Explains the error of a function that was sent by its source and used a name from around it.
 *
 * @param error What the function threw.
 * @param name The name of the function.
 * @returns An error that says which name was missing and what to do; any other error as it is.
 */
export function explainMissingName(error: unknown, name: string): unknown {
  if (!(error instanceof ReferenceError)) return error;
  const missing = /^(\S+) is not defined$/.exec(error.message)?.[1];
  if (!missing) return error;
  const example = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? name : "work";
  return new ReferenceError(
    `Cannot run ${name} by its source: "${missing}" is not defined where it runs, since only the ` +
      `function's own text is sent. Pass ${missing} as an argument, or make a task of the function: ` +
      `export const ${example} = task(import.meta, function ${example}(…) {…})`,
    { cause: error },
  );
}
