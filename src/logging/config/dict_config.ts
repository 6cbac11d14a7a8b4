/**
 * Configuring logging from a dictionary, such as a `logging.yaml` of a Python program.
 *
 * @module
 */

import { currentRealm, type Realm } from "../realm.ts";
import { apply, applyIncremental } from "./apply.ts";
import { build, prepare, startListeners } from "./build.ts";
import { importModules, type ModuleOptions, refuseModules } from "./modules.ts";
import { readPlan } from "./plan.ts";
import { Registry } from "./registry.ts";
import type { Made } from "./scope.ts";

/** Options of {@linkcode dictConfigSync}. */
export interface DictConfigSyncOptions {
  /**
   * Classes, functions and values that the configuration may name, beside those of paralog: after
   * `class`, `()` and `ext://`.
   *
   * A class that extends one of paralog's is made in the same way as that: `new Class(filename,
   * options)` for one that extends {@linkcode FileHandler}. Any other class is made with one object,
   * `new Class(options)`: all the keys that are written, and of a handler `name`, `level`,
   * `formatter` and `filters` too, as {@linkcode HandlerOptions} has them. A function is called with
   * the same object, and returns what it made.
   *
   * @default {}
   */
  readonly classes?: Readonly<Record<string, unknown>>;
}

/** Options of {@linkcode dictConfig}. */
export interface DictConfigOptions extends DictConfigSyncOptions, ModuleOptions {}

/**
 * Configures the loggers of the current realm as a dictionary says: Python's
 * `logging.config.dictConfig`, with all of its schema. Python's names of classes
 * (`logging.StreamHandler`, `logging.handlers.RotatingFileHandler`, …) name ours; those that Python
 * has not are named `paralog.JsonFormatter` and so on.
 *
 * All of it is checked first. If anything is wrong, nothing changes. Otherwise the handlers are made,
 * and the loggers get them at once; then the handlers of the configuration before are closed.
 *
 * @param config The dictionary, such as `parse(text)` of `@std/yaml` gives it. It stays as it is.
 * @param options Classes of the program that it may name, and modules that may be imported for it.
 * @returns When the handlers of the configuration before are closed.
 * @throws {ConfigError} If anything is wrong with it; the error lists everything that is, each with
 * its path. What was in force before still is.
 * @throws {TypeError} If the options are wrong.
 *
 * @example
 * ```ts
 * import { dictConfig, getLogger } from "@paralog/paralog/logging";
 *
 * await dictConfig({
 *   version: 1,
 *   formatters: { simple: { format: "%(asctime)s %(levelname)s %(message)s" } },
 *   handlers: {
 *     console: {
 *       class: "logging.StreamHandler",
 *       formatter: "simple",
 *       stream: "ext://sys.stdout",
 *     },
 *   },
 *   root: { level: "INFO", handlers: ["console"] },
 * });
 * getLogger("app").info("configured");
 * ```
 */
export async function dictConfig(config: unknown, options: DictConfigOptions = {}): Promise<void> {
  checkOptions(options, ["classes", "allowModules", "base"]);
  const realm = currentRealm();
  const registry = new Registry(options.classes);
  await importModules(config, registry, options);
  const { closed, made } = configure(
    realm.alive(),
    config,
    registry,
    (realm) => realm.closeHandlers(),
  );
  await closed;
  if (made) startListeners(made); // Those whose queue had the listener that ended now.
}

/**
 * The same as {@linkcode dictConfig}, at once. Modules can't be imported by it, and handlers of the
 * configuration before that need time to close are not waited for.
 *
 * @param config The dictionary.
 * @param options Classes of the program that it may name.
 * @throws {ConfigError} If anything is wrong with it, or a module would have to be imported.
 * @throws {TypeError} If the options are wrong.
 *
 * @example
 * ```ts
 * import { dictConfigSync } from "@paralog/paralog/logging";
 *
 * dictConfigSync({ version: 1, root: { level: "DEBUG" } });
 * ```
 */
export function dictConfigSync(config: unknown, options: DictConfigSyncOptions = {}): void {
  checkOptions(options, ["classes"]);
  const registry = new Registry(options.classes);
  refuseModules(config, registry);
  configure(currentRealm(), config, registry, (realm) => realm.closeHandlersNow());
}

/** Checks, makes and applies, without letting anything else run in between. */
function configure<T>(
  realm: Realm,
  config: unknown,
  registry: Registry,
  closeOld: (realm: Realm) => T,
): Configured<T> {
  const plan = readPlan(config, registry, realm.handlerNames());
  if (plan.incremental) {
    applyIncremental(realm, plan);
    return {};
  }
  // A file that is emptied next may be one that is written now.
  if (plan.handlers.some(({ recipe }) => recipe.empties !== undefined)) realm.flushHandlersNow();
  const made = build(plan, realm.origin);
  prepare(realm, plan, made); // All that can fail does so before anything is closed.
  const closed = closeOld(realm); // Closes those that are there at this moment, not the new ones.
  apply(realm, plan, made);
  startListeners(made); // Those whose queue is free now.
  return { closed, made };
}

/** What {@linkcode configure} has done. */
interface Configured<T> {
  /** The closing of the handlers of the configuration before. */
  readonly closed?: T;
  readonly made?: Made;
}

function checkOptions(options: object, allowed: readonly string[]): void {
  const unknown = Object.keys(options).find((key) => !allowed.includes(key));
  if (unknown === undefined) return;
  throw new TypeError(
    `Cannot configure logging: unknown option "${unknown}", allowed are ${allowed.join(", ")}`,
  );
}
