/**
 * What is wrong with a configuration: every problem at once, each with its path.
 *
 * @module
 */

import { inspect } from "../text/inspect.ts";
import { closest } from "./suggest.ts";

/** The most problems that are listed, and the most characters of each, of its path, of a name. */
const MOST_PROBLEMS = 50;
const MOST_TEXT = 1000;
const MOST_PATH = 400;
const MOST_NAME = 100;

/** The most names that are listed where one is not known. */
const MOST_NAMES = 40;

/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** Where it stands, such as "handlers.file.maxBytes". */
  readonly path: string;
  /** What is wrong and what is allowed: "handlers.file.maxBytes is -1: use a whole number from 0". */
  readonly message: string;
}

/**
 * A configuration could not be applied. What was in force before still is.
 *
 * @example
 * ```ts
 * import { ConfigError, dictConfigSync } from "@paralog/paralog/logging";
 *
 * try {
 *   dictConfigSync({ version: 1, root: { level: "LOUD" } });
 * } catch (error) {
 *   if (error instanceof ConfigError) console.log(error.problems.map(({ path }) => path));
 * }
 * ```
 */
export class ConfigError extends Error {
  /** Always "ConfigError". */
  override readonly name = "ConfigError";
  /** What is wrong, in the order of the configuration: the first 50. */
  readonly problems: readonly ConfigProblem[];

  /**
   * Makes an error of what is wrong.
   *
   * @param problems All that is wrong.
   * @param options The error behind it, if there is one, and how many more problems there are.
   */
  constructor(
    problems: readonly ConfigProblem[],
    options?: ErrorOptions & { readonly more?: number },
  ) {
    const shown = problems.slice(0, MOST_PROBLEMS);
    const more = problems.length - shown.length + (options?.more ?? 0);
    const texts = shown.map(({ message }) => message);
    if (more > 0) texts.push(`and ${more} more`);
    const what = texts.length === 1
      ? `: ${texts[0]}`
      : `, ${shown.length + more} problems:\n  ${texts.join("\n  ")}`;
    super(`Cannot configure logging${what}`, options);
    this.problems = shown;
  }
}

/** What refuses a value, as its message needs it. */
interface Refusing {
  readonly allowed: string;
  readonly secret?: boolean;
  readonly known?: () => readonly string[];
}

/** Collects what is wrong with a configuration. */
export class Problems {
  readonly #list: ConfigProblem[] = [];
  readonly #causes: unknown[] = [];
  #count = 0;

  /** How many there are so far. */
  get count(): number {
    return this.#count;
  }

  /**
   * Adds one.
   *
   * @param path Where it stands.
   * @param text What is wrong, as it goes on after the path: "is -1: use a whole number from 0".
   * @param cause What was thrown, if anything.
   */
  add(path: string, text: string, cause?: unknown): void {
    if (++this.#count > MOST_PROBLEMS) return;
    const where = cut(path, MOST_PATH);
    const what = cut(text, MOST_TEXT);
    this.#list.push({ path: where, message: path === "" ? what : `${where} ${what}` });
    if (cause !== undefined) this.#causes.push(cause);
  }

  /** Adds that a value can't be used, and what could. */
  addValue(path: string, value: unknown, allowed: string): void {
    this.add(path, `is ${show(value)}: ${allowed}`);
  }

  /** Adds that a parameter does not take a value, and which it takes. */
  addRefused(path: string, value: unknown, parameter: Refusing): void {
    const { allowed, secret, known } = parameter;
    if (secret) return this.add(path, `can't be used (it is not shown here): ${allowed}`);
    const meant = typeof value === "string" && known && closest(value, known());
    this.addValue(path, value, meant ? `${allowed}. Did you mean "${meant}"?` : allowed);
  }

  /**
   * Adds that there is nothing of that name, and what was meant, or else which names there are.
   *
   * @param path Where it stands.
   * @param name What is written there.
   * @param known The names there are.
   * @param what What they name: "handler".
   * @param allowed What to use instead, if that is not the list of names.
   */
  addUnknown(
    path: string,
    name: string,
    known: Iterable<string>,
    what: string,
    allowed?: string,
  ): void {
    if (this.#count >= MOST_PROBLEMS) return this.add(path, ""); // Only counted: that is quick.
    const names = [...known];
    const meant = closest(name, names) ?? closestTail(name, names);
    const list = names.length === 0 ? "none is defined" : allowed ?? `use ${listed(names)}`;
    const hint = meant === undefined ? `, ${list}` : `. Did you mean "${meant}"?`;
    this.addValue(path, name, `there is no such ${what}${hint}`);
  }

  /** Adds that a key is not known here, and which are. */
  addUnknownKey(path: string, key: string, known: Iterable<string>): void {
    if (this.#count >= MOST_PROBLEMS) return this.add(path, "");
    const names = [...known];
    const meant = closest(key, names);
    const hint = meant === undefined ? "" : `. Did you mean "${meant}"?`;
    this.add(at(path, key), `is not known here: use ${listed(names)}${hint}`);
  }

  /**
   * Ends with an error if there is anything wrong.
   *
   * @throws {ConfigError} If there is.
   */
  throwIfAny(): void {
    if (this.#count === 0) return;
    const cause = this.#causes.length > 1 ? new AggregateError(this.#causes) : this.#causes[0];
    const more = this.#count - this.#list.length;
    throw new ConfigError(this.#list, cause === undefined ? { more } : { cause, more });
  }
}

/**
 * The path of a key or an index within what stands at a path.
 *
 * @param path The path so far; "" is the whole configuration.
 * @param key A key or an index.
 * @returns Such as "handlers.file", "root.handlers[1]" or `loggers["app.jobs"]`.
 */
export function at(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (key.length > MOST_NAME || !/^[\w$-]+$/.test(key)) {
    return `${path}[${JSON.stringify(cut(key, MOST_NAME))}]`;
  }
  return path === "" ? key : `${path}.${key}`;
}

/** Python's names of classes, by their last part: who writes "StreamHandler" means that of logging. */
function closestTail(name: string, names: readonly string[]): string | undefined {
  if (name.includes(".")) return undefined;
  const tailOf = (each: string) => each.slice(each.lastIndexOf(".") + 1);
  const tail = closest(name, names.map(tailOf));
  return names.find((each) => tailOf(each) === tail);
}

/** A value as a problem shows it: on one line, and not all of a long one. */
export function show(value: unknown): string {
  return cut(inspect(value), 80);
}

/** A text, or what of it can be shown. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 3)}…`;
}

/** Names one after the other, and not all of many. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map((name) => cut(name, MOST_NAME)).join(", ");
  return names.length <= MOST_NAMES ? shown : `${shown} and ${names.length - MOST_NAMES} more`;
}

/** What was thrown, as a problem tells it. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? cut(error.message, MOST_TEXT) : show(error);
}
