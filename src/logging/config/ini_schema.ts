/**
 * Translates the sections of an INI file into the dictionary that says the same.
 *
 * Ported from CPython's `logging.config.fileConfig`, without its `eval`.
 *
 * @module
 */

import { at, cut, Problems, reasonOf } from "./config_error.ts";
import type { IniSection } from "./ini.ts";
import { isDict, isList } from "./parameter.ts";
import { parsePythonLiteral } from "./python_literal.ts";
import type { Registry } from "./registry.ts";

type Dictionary = Record<string, unknown>;

/**
 * Translates an INI file.
 *
 * @param sections Its sections.
 * @param registry Knows the classes and values that it names.
 * @returns The dictionary for `dictConfig`.
 * @throws {ConfigError} If a section or key is missing, or an argument can't be read.
 */
export function readIniSchema(
  sections: ReadonlyMap<string, IniSection>,
  registry: Registry,
): Dictionary {
  const problems = new Problems();
  const schema = new IniSchema(sections, registry, problems).read();
  problems.throwIfAny();
  return schema;
}

class IniSchema {
  readonly #sections: ReadonlyMap<string, IniSection>;
  readonly #registry: Registry;
  readonly #problems: Problems;
  readonly #names: ReadonlyMap<string, unknown>;

  constructor(
    sections: ReadonlyMap<string, IniSection>,
    registry: Registry,
    problems: Problems,
  ) {
    this.#sections = sections;
    this.#registry = registry;
    this.#problems = problems;
    this.#names = literalNames(registry);
  }

  read(): Dictionary {
    const loggers = this.#keysOf("loggers");
    if (this.#sections.has("loggers") && !loggers.includes("root")) {
      this.#problems.add("loggers.keys", 'does not list "root": the root logger has to be there');
    }
    return {
      version: 1,
      formatters: this.#readAll("formatter", (section) => this.#formatter(section)),
      handlers: this.#readAll("handler", (section) => this.#handler(section)),
      loggers: this.#loggers(loggers.filter((name) => name !== "root")),
      root: this.#read("logger_root", (section) => this.#logger(section)),
    };
  }

  /** The names that a section such as [handlers] lists. */
  #keysOf(section: string): string[] {
    const found = this.#sections.get(section);
    if (!found) {
      this.#problems.add(section, `is missing: write a section [${section}] with keys=`);
      return [];
    }
    const keys = this.#get(found, "keys");
    if (keys === undefined) this.#problems.add(at(section, "keys"), "is missing");
    const names = splitNames(keys);
    for (const name of repeated(names)) {
      this.#problems.add(at(section, "keys"), `lists "${cut(name, 100)}" twice`);
    }
    return names;
  }

  #readAll(kind: string, read: (section: IniSection) => Dictionary): Dictionary {
    const names = this.#keysOf(`${kind}s`);
    return Object.fromEntries(names.map((name) => [name, this.#read(`${kind}_${name}`, read)]));
  }

  #read(name: string, read: (section: IniSection) => Dictionary): Dictionary | undefined {
    const section = this.#sections.get(name);
    if (section) return read(section);
    this.#problems.add(name, `is missing: write a section [${name}]`);
    return undefined;
  }

  #formatter(section: IniSection): Dictionary {
    const defaults = section.raw("defaults");
    return withoutMissing({
      format: section.raw("format"),
      datefmt: section.raw("datefmt"),
      style: section.raw("style"),
      class: this.#className(section),
      defaults: defaults === undefined ? undefined : this.#literal(section, "defaults", defaults),
    });
  }

  #handler(section: IniSection): Dictionary {
    const named = this.#className(section);
    if (named === undefined) {
      this.#problems.add(at(section.name, "class"), "is missing: name the class of the handler");
    }
    const formatter = this.#get(section, "formatter");
    return withoutMissing({
      class: named,
      level: this.#get(section, "level"),
      formatter: formatter === "" ? undefined : formatter,
      ...this.#handlerArguments(section, named),
    });
  }

  /** `args` by the order of Python's parameters, `kwargs` by name, and the target of a buffer. */
  #handlerArguments(section: IniSection, named: string | undefined): Dictionary {
    const args = this.#literal(section, "args", this.#get(section, "args") ?? "()");
    const kwargs = this.#literal(section, "kwargs", this.#get(section, "kwargs") ?? "{}");
    const target = this.#get(section, "target");
    const result: Dictionary = {
      ...(target ? { target } : {}),
      ...(isDict(kwargs) ? kwargs : {}),
    };
    const paths = { args: at(section.name, "args"), kwargs: at(section.name, "kwargs") };
    if (kwargs !== undefined && !isDict(kwargs)) {
      this.#problems.add(paths.kwargs, `is ${kindOf(kwargs)}: use a dict, such as {'a': 1}`);
    } else this.#checkValues(paths.kwargs, named, Object.entries(kwargs ?? {}));
    if (isList(args)) this.#addPositional(result, paths.args, args, named);
    else if (args !== undefined) {
      this.#problems.add(paths.args, `is ${kindOf(args)}: use a tuple, such as ('a.log',)`);
    }
    return result;
  }

  #addPositional(
    result: Dictionary,
    path: string,
    args: readonly unknown[],
    named: string | undefined,
  ): void {
    const spec = this.#registry.specOf(this.#registry.find(named ?? ""));
    if (args.length === 0 || named === undefined) return;
    if (!spec) {
      const missing = this.#registry.whyMissing(named);
      const why = missing ?? "the order of its arguments is not known, give them in kwargs";
      this.#problems.add(path, `can't be used for ${cut(named, 100)}: ${why}`);
      return;
    }
    if (args.length > spec.positional.length) {
      const allowed = spec.positional.join(", ") || "none";
      this.#problems.add(path, `gives ${args.length} arguments: ${named} takes ${allowed}`);
    }
    this.#checkValues(path, named, args.map((value, index) => [spec.positional[index]!, value]));
    args.slice(0, spec.positional.length).forEach((value, index) => {
      const key = spec.positional[index]!;
      if (Object.hasOwn(result, key)) {
        this.#problems.add(path, `gives ${key} a second time`);
      } else result[key] = value;
    });
  }

  /** What `dictConfig` would refuse and show. It may be a password that stands in a wrong place. */
  #checkValues(
    path: string,
    named: string | undefined,
    values: readonly (readonly [name: string, value: unknown])[],
  ): void {
    const { parameters = {} } = this.#registry.specOf(this.#registry.find(named ?? "")) ?? {};
    for (const [index, [name, value]] of values.entries()) {
      const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
      // `None` is as if it was not given, and names are looked up later.
      if (!parameter || value === null || parameter.names || parameter.defines) continue;
      if (typeof value === "string" && /^(?:ext|cfg):\/\//.test(value)) continue;
      if (parameter.read(value) !== undefined) continue;
      const what = `gives ${kindOf(value)} for ${name}, its argument ${index + 1}`;
      this.#problems.add(path, `${what}: ${parameter.allowed}`);
    }
  }

  #loggers(names: readonly string[]): Dictionary {
    const entries = names.map((name) => {
      const section = this.#read(`logger_${name}`, (section) => this.#namedLogger(section));
      return [section?.qualname, section?.entry] as const;
    }).filter((entry): entry is [string, Dictionary] => typeof entry[0] === "string");
    for (const qualname of repeated(entries.map(([name]) => name))) {
      const name = cut(qualname, 100);
      this.#problems.add("loggers.keys", `lists two loggers with the qualname "${name}"`);
    }
    return Object.fromEntries(entries);
  }

  #namedLogger(section: IniSection): Dictionary {
    const qualname = this.#get(section, "qualname");
    if (qualname === undefined) {
      this.#problems.add(at(section.name, "qualname"), "is missing: name the logger");
    }
    const propagate = this.#get(section, "propagate") ?? "1";
    if (!/^[+-]?\d+$/.test(propagate)) {
      this.#problems.addValue(at(section.name, "propagate"), propagate, "use 1 or 0");
    }
    const entry = { ...this.#logger(section), propagate: Number(propagate) !== 0 };
    return { qualname, entry };
  }

  #logger(section: IniSection): Dictionary {
    const handlers = this.#get(section, "handlers");
    if (handlers === undefined) {
      this.#problems.add(
        at(section.name, "handlers"),
        "is missing: list handlers, or write handlers=",
      );
    }
    return withoutMissing({ level: this.#get(section, "level"), handlers: splitNames(handlers) });
  }

  /** Python looks names of classes up in `logging` first. */
  #className(section: IniSection): string | undefined {
    const name = this.#get(section, "class")?.split(".").map((part) => part.trim()).join(".");
    if (!name) return undefined;
    return this.#registry.find(`logging.${name}`) === undefined ? name : `logging.${name}`;
  }

  #get(section: IniSection, key: string): string | undefined {
    try {
      return section.get(key);
    } catch (error) {
      this.#problems.add("", reasonOf(error), error);
      return undefined;
    }
  }

  #literal(section: IniSection, key: string, source: string): unknown {
    try {
      return parsePythonLiteral(source, this.#names);
    } catch (error) {
      this.#problems.add(at(section.name, key), `can't be read: ${reasonOf(error)}`, error);
      return undefined;
    }
  }
}

/** Names as Python's `eval(…, vars(logging))` knows them: those in `logging` without that before. */
function literalNames(registry: Registry): Map<string, unknown> {
  const names = new Map<string, unknown>();
  for (const name of registry.names()) {
    names.set(name, registry.find(name));
    if (name.startsWith("logging.")) names.set(name.slice("logging.".length), registry.find(name));
  }
  return names;
}

/** What kind of value it is, in the words of Python; the value itself may be secret. */
function kindOf(value: unknown): string {
  if (value === null) return "None";
  if (isList(value)) return "a list or tuple";
  if (isDict(value)) return "a dict";
  if (typeof value === "string") return "a text";
  return typeof value === "number" ? "a number" : typeof value === "boolean" ? "a bool" : "a value";
}

/** The names that stand there once more, each as often. */
function repeated(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.filter((name) => seen.size === seen.add(name).size);
}

function splitNames(list: string | undefined): string[] {
  return list ? list.split(",").map((name) => name.trim()) : [];
}

function withoutMissing(entry: Dictionary): Dictionary {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}
