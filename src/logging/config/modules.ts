/**
 * Importing modules for a configuration: those alone that the caller allowed.
 *
 * @module
 */

import { at, cut as cutTo, Problems, reasonOf } from "./config_error.ts";
import { BROKEN, MOST_LEVELS, MOST_VALUES } from "./convert.ts";
import { isDict, isList } from "./parameter.ts";
import type { Registry } from "./registry.ts";

/** Which modules may be imported for a configuration. */
export interface ModuleOptions {
  /**
   * The modules that may be imported for the configuration, as it writes them before `#`, or patterns
   * that match them. It names what they export as "./my_handlers.ts#MyHandler".
   *
   * @default []
   */
  readonly allowModules?: readonly (string | RegExp)[];
  /**
   * What "./" in the names of modules starts from: `import.meta.url` of the caller, or another URL.
   *
   * @default none: such names are refused
   */
  readonly base?: string | URL;
}

/** A name in a configuration that stands for what a module exports. */
interface ModuleName {
  readonly path: string;
  readonly name: string;
  readonly specifier: string;
  readonly exported: string;
}

/** The keys after which a name is looked up. */
const KEYS: ReadonlySet<string> = new Set(["class", "()", "queue", "listener"]);

/**
 * Imports the modules that a configuration names, and tells the registry what they export.
 *
 * @param config The configuration.
 * @param registry Is told what the names stand for.
 * @param options Which modules may be imported.
 * @throws {ConfigError} If one is not allowed, can't be imported, or has no such export. None is
 * imported unless all are allowed.
 */
export async function importModules(
  config: unknown,
  registry: Registry,
  { allowModules = [], base }: ModuleOptions,
): Promise<void> {
  const names = findModuleNames(config).filter(({ name }) => registry.find(name) === undefined);
  const problems = new Problems();
  for (const { path, name, specifier } of names) {
    if (!allowModules.some((allowed) => matches(specifier, allowed))) {
      problems.add(path, `is "${cut(name)}": the module ${cut(specifier)} is not in allowModules`);
    } else if (/^\.{1,2}\//.test(specifier) && base === undefined) {
      const how = `give base, such as import.meta.url, to find ${cut(specifier)}`;
      problems.add(path, `is "${cut(name)}": ${how}`);
    }
  }
  problems.throwIfAny();
  for (const { path, name, specifier, exported } of names) {
    try {
      const module: Record<string, unknown> = await import(
        /^\.{0,2}\//.test(specifier) ? new URL(specifier, base).href : specifier
      );
      const value = Object.hasOwn(module, exported) ? module[exported] : undefined;
      if (value === undefined) problems.addUnknown(path, name, Object.keys(module), "export");
      registry.add(name, value ?? BROKEN);
    } catch (error) {
      problems.add(path, `is "${cut(name)}", which can't be imported: ${reasonOf(error)}`, error);
    }
  }
  problems.throwIfAny();
}

/**
 * Refuses a configuration that names modules.
 *
 * @param config The configuration.
 * @param registry Knows the names that need no import.
 * @throws {ConfigError} If it does.
 */
export function refuseModules(config: unknown, registry: Registry): void {
  const problems = new Problems();
  for (const { path, name } of findModuleNames(config)) {
    if (registry.find(name) !== undefined) continue;
    const how = "which has to be imported: use dictConfig, which can wait";
    problems.add(path, `is "${cut(name)}", ${how}`);
  }
  problems.throwIfAny();
}

function cut(name: string): string {
  return cutTo(name, 200);
}

function matches(specifier: string, allowed: string | RegExp): boolean {
  return typeof allowed === "string" ? specifier === allowed : specifier.search(allowed) >= 0;
}

/** What is too deep, too much or a circle is left out: it is reported when values are read. */
function findModuleNames(
  value: unknown,
  path = "",
  around: readonly unknown[] = [],
  left = { values: MOST_VALUES },
): ModuleName[] {
  if (around.length > MOST_LEVELS || left.values-- <= 0 || around.includes(value)) return [];
  const entries: (readonly [string | number, unknown])[] = isList(value)
    ? [...value.entries()]
    : isDict(value)
    ? Object.entries(value)
    : [];
  return entries.flatMap(([key, each]) => {
    const where = at(path, key);
    if (typeof each !== "string") return findModuleNames(each, where, [...around, value], left);
    const external = each.startsWith("ext://");
    if (!external && !KEYS.has(String(key))) return [];
    const name = external ? each.slice("ext://".length) : each;
    const [, specifier, exported] = /^(.+)#([^#]+)$/.exec(name) ?? [];
    if (specifier === undefined || exported === undefined) return [];
    return [{ path: where, name, specifier, exported }];
  });
}
