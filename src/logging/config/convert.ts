/**
 * Replaces `ext://` and `cfg://` in a configuration by what they stand for.
 *
 * @module
 */

import { at, cut, type Problems } from "./config_error.ts";
import { isDict, isList } from "./parameter.ts";
import type { Registry } from "./registry.ts";

/** Stands for a value that could not be read, and was reported. */
export const BROKEN: unique symbol = Symbol("reported already");

/** More values than any configuration has; `cfg://` could multiply a few into millions. */
export const MOST_VALUES = 100_000;

/** How deep values may lie in each other, those counted that `cfg://` leads to. */
export const MOST_LEVELS = 100;

/** The most characters of what is written that a problem shows. */
const MOST_SHOWN = 200;

/** The sections whose entries become objects. */
const DEFINITIONS = ["formatters", "filters", "handlers"] as const;

/** The object that an entry of a section becomes, where `cfg://` names the whole entry. */
export class Reference {
  readonly section: typeof DEFINITIONS[number];
  readonly name: string;

  constructor(section: typeof DEFINITIONS[number], name: string) {
    this.section = section;
    this.name = name;
  }
}

/** A configuration with nothing left to replace. */
export interface Converted {
  readonly config: Record<string, unknown>;
  /** The keys at its top that `cfg://` refers to. */
  readonly referredTo: ReadonlySet<string>;
}

/**
 * Copies a configuration, with `ext://` and `cfg://` replaced at any depth. What is no dictionary,
 * list or text stays the same object.
 *
 * Ported from CPython's `logging.config.BaseConfigurator`.
 *
 * @param config The configuration; it stays as it is.
 * @param registry Knows the names after `ext://`.
 * @param problems Is told of what can't be replaced; {@link BROKEN} stands there then.
 */
export function convertValues(
  config: Record<string, unknown>,
  registry: Registry,
  problems: Problems,
): Converted {
  const converter = new Converter(config, registry, problems);
  const entries = Object.entries(config).map(([key, value]) =>
    [key, converter.convert(value, at("", key), [config])] as const
  );
  return { config: Object.fromEntries(entries), referredTo: converter.referredTo };
}

class Converter {
  readonly referredTo = new Set<string>();
  readonly #config: Record<string, unknown>;
  readonly #registry: Registry;
  readonly #problems: Problems;
  #count = 0;

  constructor(config: Record<string, unknown>, registry: Registry, problems: Problems) {
    this.#config = config;
    this.#registry = registry;
    this.#problems = problems;
  }

  /** `around` holds what the value stands in, and the `cfg://` that led to it. */
  convert(value: unknown, path: string, around: readonly unknown[]): unknown {
    if (++this.#count > MOST_VALUES) {
      if (this.#count === MOST_VALUES + 1) {
        this.#problems.add(path, `is too much: a configuration has up to ${MOST_VALUES} values`);
      }
      return BROKEN;
    }
    const isText = typeof value === "string" && /^(?:ext|cfg):\/\//.test(value);
    if (!isText && !isDict(value) && !isList(value)) return value;
    if (around.includes(value)) {
      const leads = isText && `is "${cut(value, MOST_SHOWN)}", which leads to itself`;
      this.#problems.add(path, leads || "contains itself");
      return BROKEN;
    }
    if (around.length > MOST_LEVELS) {
      this.#problems.add(path, `lies too deep: a configuration has up to ${MOST_LEVELS} levels`);
      return BROKEN;
    }
    const within = [...around, value];
    if (isList(value)) return value.map((each, i) => this.convert(each, at(path, i), within));
    if (isDict(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([key, each]) =>
          [key, this.convert(each, at(path, key), within)] as const
        ),
      );
    }
    if (!isText) return value;
    const name = value.slice("ext://".length);
    return value.startsWith("ext") ? this.#external(name, path) : this.#own(name, path, within);
  }

  #external(name: string, path: string): unknown {
    const value = this.#registry.find(name);
    if (value !== undefined) return value;
    this.#problems.addUnknown(
      path,
      `ext://${name}`,
      this.#registry.names().map((known) => `ext://${known}`),
      "name",
      this.#registry.describeValues(),
    );
    return BROKEN;
  }

  #own(text: string, path: string, around: readonly unknown[]): unknown {
    const keys = parseKeys(text);
    if (!keys) {
      const given = cut(`cfg://${text}`, MOST_SHOWN);
      this.#problems.add(path, `is "${given}": write cfg://section.key or cfg://section[0]`);
      return BROKEN;
    }
    let value: unknown = this.#config;
    for (const [index, key] of keys.entries()) {
      const found = itemOf(value, key);
      if (found === undefined) {
        const where = keys.slice(0, index).reduce(at, "") || "the configuration";
        const [given, missing] = [`cfg://${text}`, key].map((each) => cut(each, MOST_SHOWN));
        this.#problems.add(path, `is "${given}": there is no "${missing}" in ${where}`);
        return BROKEN;
      }
      value = found;
    }
    const [first, name] = keys;
    this.referredTo.add(first!);
    const section = DEFINITIONS.find((each) => each === first);
    if (section && name !== undefined && keys.length === 2) return new Reference(section, name);
    return this.convert(value, path, around);
  }
}

/** The keys of `handlers.email.toaddrs[0]`; `undefined` if it is not written so. */
function parseKeys(text: string): string[] | undefined {
  const keys = [/^\s*(\w+)\s*/.exec(text)?.[1]];
  let rest = text.replace(/^\s*\w+\s*/, "");
  while (rest !== "") {
    const part = /^(?:\.\s*([\w-]+)|\[([^[\]]*)\])\s*/.exec(rest);
    if (!part) return undefined;
    keys.push(part[1] ?? part[2]?.trim());
    rest = rest.slice(part[0].length);
  }
  return keys.every((key) => key !== undefined) ? keys : undefined;
}

function itemOf(value: unknown, key: string): unknown {
  if (isList(value)) return /^\d+$/.test(key) ? value[Number(key)] : undefined;
  return isDict(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
