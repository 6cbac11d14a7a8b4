/**
 * Which tasks an agent runs: who can write to Redis can ask for each.
 *
 * @module
 */

import { fileURLToPath, pathToFileURL } from "node:url";
import { inspect } from "../../logging/text/inspect.ts";
import type { TaskReference } from "../../parallel/tasks/task.ts";
import { ModulePattern } from "./module_pattern.ts";
import { type ModuleUrl, ModuleUrlError, readModuleUrl } from "./module_url.ts";

/** Options of {@linkcode AllowList}. */
export interface AllowListOptions {
  /** Whether functions that are sent by their source are run. */
  readonly allowSource: boolean;
}

/** The longest part of a name that is shown, in characters: it comes from outside. */
const LONGEST_SHOWN = 300;

/** Modules whose tasks are run. */
export class AllowList {
  /** The patterns, as they were given. */
  readonly patterns: readonly string[];
  /** Whether functions that are sent by their source are run. */
  readonly allowsSource: boolean;
  readonly #patterns: readonly ModulePattern[];

  /**
   * Reads the patterns.
   *
   * @param patterns Paths or URLs of modules. "*" stands for a part of a name, "**" for folders, and what
   * ends with "/" for all that is below. A package of JSR or npm stands for all its modules.
   * @param options Whether there is more that is allowed.
   * @throws {RangeError} If a pattern can't match a module, or is likely to mean something else.
   */
  constructor(patterns: readonly string[], { allowSource }: AllowListOptions) {
    this.patterns = [...patterns];
    this.#patterns = patterns.map((text) => new ModulePattern(text));
    this.allowsSource = allowSource;
  }

  /**
   * Says why a task is not run.
   *
   * @param task The task; its URL is the one that will be imported.
   * @returns A sentence that says what to do; `undefined` if it is run.
   */
  refusalOf(task: TaskReference): string | undefined {
    switch (task.kind) {
      case "source":
        return this.allowsSource ? undefined : sourceRefusal(task.name);
      case "module":
        return this.#refusalOfModule(task.url);
      default:
        task satisfies never;
        return "Cannot run a task of a kind that this agent does not know";
    }
  }

  #refusalOfModule(text: string): string | undefined {
    try {
      const url = readModuleUrl(text);
      if (!this.#patterns.some((pattern) => pattern.matches(url))) return offTheList(text);
      return url.scheme === "file:" ? this.#refusalOfFile(url, text) : undefined;
    } catch (error) {
      if (!(error instanceof ModuleUrlError)) throw error;
      return `Cannot run a task of ${
        show(text)
      }: the URL ${error.message}. Agents take modules by the ` +
        "URL that import.meta.url is there";
    }
  }

  /** A symbolic link may lead out of a folder that is allowed. */
  #refusalOfFile(url: ModuleUrl, text: string): string | undefined {
    try {
      const real = realUrlOf(fileURLToPath(text));
      // Where it is not there, the import says so best.
      if (!real || real.segments.join("/") === url.segments.join("/")) return undefined;
      const found = { ...real, suffix: url.suffix };
      if (this.#patterns.some((pattern) => isBehind(pattern, found))) return undefined;
    } catch (error) {
      return `Cannot run a task of ${show(text)}: this agent can't look up where that file is: ` +
        (error instanceof Error ? error.message : String(error));
    }
    return `Cannot run a task of ${
      show(text)
    }: it is a symbolic link, or in one, that leads to where ` +
      "no --allow-module of this agent allows a module. Start the agent with one for that, too";
  }
}

/** Whether a pattern stands for a file, also where the folder of the pattern is a symbolic link. */
function isBehind(pattern: ModulePattern, real: ModuleUrl): boolean {
  if (pattern.matches(real)) return true;
  const { folder } = pattern;
  // Looked up each time: a new version of a program is often put in place by changing a link.
  const realFolder = folder === undefined ? undefined : realUrlOf(folder);
  return realFolder !== undefined && pattern.matches(real, realFolder);
}

function realUrlOf(path: string): ModuleUrl | undefined {
  let real: string;
  try {
    real = Deno.realPathSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  return readModuleUrl(pathToFileURL(real).href);
}

function offTheList(text: string): string {
  return `Cannot run a task of ${
    show(text)
  }: this agent was not told to run tasks of that module. ` +
    "Start it with an --allow-module for it; if it has the module elsewhere, with a --map-module, too";
}

function sourceRefusal(name: string): string {
  return `Cannot run task ${
    show(name)
  }: it is sent by its source, which this agent does not take. ` +
    "Make it a task(import.meta, …) of a module that the agent has, or start the agent with --allow-source";
}

function show(text: string): string {
  return inspect(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
}
