/**
 * What the classes in a configuration take: parameters with the values that are allowed for each.
 *
 * @module
 */

import { Handler } from "../handler.ts";
import { customLevels, type Level, LEVELS, parseLevel } from "../levels.ts";

/** A parameter of a class, and how a configuration writes its values. */
export interface Parameter<T> {
  /** What to do instead, when a value is refused: "use a whole number from 0". */
  readonly allowed: string;
  /** Whether it has to be given. */
  readonly required?: boolean;
  /** Whether its value must not be shown in messages. */
  readonly secret?: boolean;
  /** The values it takes, if they can be listed, to find what a misspelt one means. */
  readonly known?: () => readonly string[];
  /** Whether the value names a handler, or several. */
  readonly names?: "handler" | "handlers";
  /** Whether the value defines an object of its own, and of which kind. */
  readonly defines?: "queue" | "listener";
  /** Reads a value; `undefined` refuses it. */
  read(value: unknown): T | undefined;
}

/** A parameter that has to be given. */
export interface RequiredParameter<T> extends Parameter<T> {
  readonly required: true;
}

/** Parameters by name. */
export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

/** The values of parameters, as they are read. */
export type Values<P extends Parameters> =
  & {
    readonly [K in keyof P as P[K] extends RequiredParameter<unknown> ? K : never]: ValueOf<P[K]>;
  }
  & {
    readonly [K in keyof P as P[K] extends RequiredParameter<unknown> ? never : K]?: ValueOf<P[K]>;
  };

type ValueOf<P> = P extends Parameter<infer T> ? T : never;

/** Words that YAML 1.1, which Python's PyYAML reads, takes for true and false. */
const TRUE = /^(?:true|yes|on)$/i;
const FALSE = /^(?:false|no|off)$/i;

/** Makes a parameter one that has to be given. */
export function required<T>(parameter: Parameter<T>): RequiredParameter<T> {
  return { ...parameter, required: true };
}

/** Makes a parameter one whose value messages do not show. */
export function secret<T>(parameter: Parameter<T>): Parameter<T> {
  return { ...parameter, secret: true };
}

/** A text. */
export function text(allowed = "use a text"): Parameter<string> {
  return { allowed, read: (value) => typeof value === "string" ? value : undefined };
}

/** A text that is not empty. */
export function filledText(allowed: string): Parameter<string> {
  return { allowed, read: (value) => typeof value === "string" && value ? value : undefined };
}

/** One of some texts. */
export function oneOf<const T extends string>(...texts: readonly T[]): Parameter<T> {
  return {
    allowed: `use ${texts.map((each) => JSON.stringify(each)).join(" or ")}`,
    known: () => texts,
    read: (value) => texts.find((each) => each === value),
  };
}

/** A whole number. */
export function whole(min: number, max = Number.MAX_SAFE_INTEGER): Parameter<number> {
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
  return {
    allowed: `use a whole number ${range}`,
    read: (value) =>
      Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max
        ? Number(value)
        : undefined,
  };
}

/** A number of units, which may be taken in smaller ones: seconds as milliseconds. */
export function amount(
  unit: string,
  { factor = 1, above }: { factor?: number; above?: 0 } = {},
): Parameter<number> {
  return {
    allowed: `use a number of ${unit} ${above === undefined ? "from 0" : "above 0"}`,
    read: (value) =>
      typeof value === "number" && Number.isFinite(value) && value >= 0 && value !== above
        ? value * factor
        : undefined,
  };
}

/** A truth, in the words of YAML 1.1 and in Python's numbers too. */
export function truth(): Parameter<boolean> {
  return {
    allowed: "use true or false",
    read(value) {
      if (value === true || value === 1) return true;
      if (value === false || value === 0) return false;
      if (typeof value !== "string") return undefined;
      return TRUE.test(value) ? true : FALSE.test(value) ? false : undefined;
    },
  };
}

/** A level, as its number. */
export function level(): Parameter<number> {
  return {
    get allowed() {
      return `use ${levelNames().join(", ")}, or a whole number from 0`;
    },
    known: levelNames,
    read(value) {
      if (typeof value !== "string" && typeof value !== "number") return undefined;
      try {
        return parseLevel(value satisfies Level);
      } catch {
        return undefined; // The message names the levels there are.
      }
    },
  };
}

function levelNames(): string[] {
  return [...Object.keys(LEVELS), "WARNING", "FATAL", ...customLevels().map(([, name]) => name)];
}

/** A list of texts; one text stands for a list of it. */
export function texts(): Parameter<string[]> {
  return {
    allowed: "use a text or a list of texts",
    read(value) {
      if (typeof value === "string" && value !== "") return [value];
      return isList(value) && value.length > 0 && value.every((each) => typeof each === "string")
        ? [...value]
        : undefined;
    },
  };
}

/** Texts by name, such as the headers of a request. */
export function textsByName(): Parameter<Record<string, string>> {
  return {
    allowed: "use texts by name",
    read(value) {
      if (!isDict(value)) return undefined;
      const entries = Object.entries(value).filter((entry): entry is [string, string] =>
        typeof entry[1] === "string"
      );
      return entries.length === Object.keys(value).length ? Object.fromEntries(entries) : undefined;
    },
  };
}

/** The name of a handler of the configuration; it is read once that is made. */
export function handlerName(): Parameter<Handler> {
  return {
    allowed: "use the name of a handler",
    names: "handler",
    read: (value) => value instanceof Handler ? value : undefined,
  };
}

/** The names of handlers of the configuration. */
export function handlerNames(): Parameter<Handler[]> {
  return {
    allowed: "use a list of names of handlers",
    names: "handlers",
    read: (value) =>
      isList(value) && value.every((each) => each instanceof Handler) ? [...value] : undefined,
  };
}

/** A function, which only code can make: it comes through `ext://` and `classes`. */
export function aFunction<T extends (...args: never[]) => unknown>(what: string): Parameter<T> {
  return {
    allowed: `use ${what}: give it in classes, and name it with ext://`,
    // What it takes and returns can't be seen; that is the caller's to get right.
    read: (value) => typeof value === "function" ? value as T : undefined,
  };
}

/** A parameter of Python's that can't be honoured here; only values that ask for nothing pass. */
export function without(why: string, ...harmless: readonly unknown[]): Parameter<null> {
  return { allowed: why, read: (value) => harmless.includes(value) ? null : undefined };
}

/** Whether a value is a dictionary: a plain object, as JSON and YAML make them. */
export function isDict(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether a value is a list. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
