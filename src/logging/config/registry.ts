/**
 * What names in a configuration stand for: our classes by Python's names and their own, the values
 * that `ext://` knows, what the caller gave, and what was imported for it.
 *
 * @module
 */

import type { ClassSpec, Constructor, Kind } from "./class_spec.ts";
import { cut, listed } from "./config_error.ts";
import { formatterSpecs } from "./known_formatters.ts";
import { filterSpecs } from "./known_filters.ts";
import { fileHandlerSpecs } from "./known_file_handlers.ts";
import { handlerSpecs } from "./known_handlers.ts";
import { networkHandlerSpecs } from "./known_network_handlers.ts";
import { queueSpecs } from "./known_queues.ts";
import { knownValues } from "./known_values.ts";

/** A function that a configuration calls with one object of all its keys. */
export type Factory = (options: Record<string, unknown>) => unknown;

/** The handlers of Python that there are none of here, and what to use instead. */
const MISSING: ReadonlyMap<string, string> = new Map([
  ["BufferingHandler", "logging.handlers.MemoryHandler"],
  ["DatagramHandler", "logging.handlers.SocketHandler, which sends over TCP"],
  ["NTEventLogHandler", "logging.FileHandler or logging.handlers.SysLogHandler"],
]);

/** Finds what a name stands for. */
export class Registry {
  readonly #specs: readonly ClassSpec[];
  readonly #byClass: ReadonlyMap<unknown, ClassSpec>;
  readonly #values: Map<string, unknown>;
  readonly #given: readonly string[];

  /**
   * Makes a registry.
   *
   * @param given Classes, functions and values of the caller, by the names that they have in the
   * configuration; they go before ours.
   */
  constructor(given: Readonly<Record<string, unknown>> = {}) {
    this.#specs = [
      ...formatterSpecs(),
      ...filterSpecs(),
      ...handlerSpecs(),
      ...fileHandlerSpecs(),
      ...networkHandlerSpecs(),
      ...queueSpecs(),
    ];
    this.#byClass = new Map(this.#specs.map((spec) => [spec.Class, spec]));
    this.#given = Object.keys(given);
    const classes = this.#specs.flatMap((spec) =>
      spec.names.map((name) => [name, spec.Class] as const)
    );
    this.#values = new Map([...knownValues(), ...classes, ...Object.entries(given)]);
  }

  /** What a name stands for; `undefined` if it is not known. */
  find(name: string): unknown {
    return this.#values.get(name);
  }

  /** Adds what was imported for a name. */
  add(name: string, value: unknown): void {
    this.#values.set(name, value);
  }

  /** How a class is made: as the one of ours is that it extends; `undefined` if it extends none. */
  specOf(Class: unknown): ClassSpec | undefined {
    for (let each = Class; typeof each === "function"; each = Object.getPrototypeOf(each)) {
      const spec = this.#byClass.get(each);
      if (spec) return spec;
    }
    return undefined;
  }

  /** The names of classes of a kind, and those that the caller gave. */
  classNames(kind: Kind): string[] {
    return [...this.#given, ...this.#ofKind(kind).flatMap((spec) => spec.names)];
  }

  /** What to do about a class that is not known, for people; one name of each there is. */
  describeClasses(kind: Kind, name: string): string {
    const names = this.#ofKind(kind).map((spec) => spec.names[0] ?? "");
    const known = listed([...names, ...this.#given]);
    return `give it in classes: { ${JSON.stringify(cut(name, 60))}: … }, or use ${known}`;
  }

  /** Why there is no handler of that name, if it is one of Python's that paralog does without. */
  whyMissing(name: string): string | undefined {
    const [, Class] = /^(?:logging\.)?(?:handlers\.)?(\w+)$/.exec(name) ?? [];
    const instead = MISSING.get(Class ?? "");
    return instead && this.find(name) === undefined
      ? `paralog has no ${Class}: use ${instead}, or give one in classes`
      : undefined;
  }

  /** All names that a value may be taken from. */
  names(): string[] {
    return [...this.#values.keys()];
  }

  /** What may be written after `ext://`, for people. */
  describeValues(): string {
    return `use ${listed(["sys.stdout", "sys.stderr", ...this.#given])}, or give it in classes`;
  }

  #ofKind(kind: Kind): ClassSpec[] {
    return this.#specs.filter((spec) => spec.kind === kind);
  }
}

/** Whether a function is a class, and has to be called with `new`. */
export function isClass(value: unknown): value is Constructor {
  // What `class` makes has a prototype that can't be replaced; other functions have another or none.
  return typeof value === "function" &&
    Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
}
