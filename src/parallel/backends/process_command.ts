/**
 * How a child process is started: the same Deno, as this program was started, with the permissions that its
 * tasks are to have.
 *
 * @module
 */

import type { ProcessPermissions } from "../options/permissions.ts";
import type { Call } from "../tasks/task.ts";
import { readCommandLine } from "./command_line.ts";
import { permissionFlags } from "./process_permissions.ts";
import { parseFlags, type ProgramFlags } from "./program_flags.ts";
import { Reaper } from "./reaper.ts";

/** The program of a child. */
const ENTRY = new URL("./process_entry.ts", import.meta.url);

/**
 * Imports the program of a child, which is never done: Deno sees it, and downloads that module with all the
 * others. So a program that may not download anything (`--cached-only`) can start processes, too.
 *
 * @returns The module.
 */
export function importEntry(): Promise<unknown> {
  return import("./process_entry.ts");
}

/** What the module that starts a child begins with. */
const STARTER = `data:text/javascript,${encodeURIComponent("/* paralog */")}`;

/** What is wanted of a process. */
export interface ProcessWishes {
  /** What its tasks may do. */
  readonly permissions: ProcessPermissions | undefined;
  /** How much memory V8 may take for their values, in megabytes. */
  readonly memoryLimit: number | undefined;
}

/** What starts a process. */
export interface ProcessCommand {
  /** The arguments for Deno. */
  readonly args: readonly string[];
  /**
   * Tells whether the process can import the modules of calls.
   *
   * @param calls The calls.
   */
  imports(calls: readonly Call[]): boolean;
  /** Ends the process when the program is killed. */
  readonly reaper: Reaper;
}

/** Options of {@linkcode ProcessCommands}. */
export interface ProcessCommandsOptions {
  /**
   * The arguments that tasks see.
   *
   * @default those of this program
   */
  readonly args?: readonly string[];
  /**
   * Ends the processes when the program is killed.
   *
   * @default one for these alone
   */
  readonly reaper?: Reaper;
}

/** Knows how this program was started, and starts processes likewise. */
export class ProcessCommands {
  readonly #flags: readonly string[];
  readonly #args: readonly string[];
  /** All that processes were ever to import. */
  readonly #modules = new Set<string>();
  readonly #reaper: Reaper;
  #program: ProgramFlags | undefined;

  /**
   * Finds out nothing yet.
   *
   * @param flags More flags for `deno run`. They come behind those of the program, and count; `memoryLimit`
   * comes behind them.
   * @param options What tasks see, and what ends their processes when the program is killed.
   */
  constructor(
    flags: readonly string[],
    { args = Deno.args, reaper = new Reaper() }: ProcessCommandsOptions = {},
  ) {
    this.#flags = flags;
    this.#args = args;
    this.#reaper = reaper;
  }

  /**
   * Makes the command for a process.
   *
   * @param wishes What is wanted of it.
   * @param calls The calls that are known by now.
   * @returns The command.
   * @throws {Deno.errors.NotCapable} If its tasks are to do what this program may not do.
   */
  make(
    { permissions = "inherit", memoryLimit }: ProcessWishes,
    calls: readonly Call[],
  ): ProcessCommand {
    for (const url of modulesOf(calls)) this.#modules.add(url);
    const program = this.#program ??= parseFlags(readCommandLine(), isOurs);
    const modules = [...this.#modules];
    const allowed = permissionFlags({ permissions, program, modules: [ENTRY.href, ...modules] });
    const imported = new Set(modules.filter((url) => !isImportable(url, allowed)));
    const args = [
      "run",
      "--quiet", // What Deno says of its downloads would stand on the task's stderr.
      "--no-prompt",
      ...program.shared,
      ...allowed,
      ...this.#flags,
      ...(memoryLimit === undefined ? [] : [`--v8-flags=--max-old-space-size=${memoryLimit}`]),
      `--preload=${makeStarter(imported)}`,
      // It is not even loaded. But it decides which configuration, import map and package.json there are, and
      // tasks can ask for its name. A Web Worker does not know it.
      Deno.mainModule ?? program.script ?? "main.ts",
      ...this.#args, // A task sees them wherever it runs.
    ];
    const imports = (calls: readonly Call[]) =>
      modulesOf(calls).every((url) => imported.has(url) || isImportable(url, allowed));
    return { args, imports, reaper: this.#reaper };
  }
}

/** Modules of tasks that Deno loads from somewhere. */
function modulesOf(calls: readonly Call[]): string[] {
  const urls = calls.map(({ task }) => task.kind === "module" ? task.url : "");
  return urls.filter((url) => /^(file|https?):/.test(url));
}

/** Whether a module can be imported when it is needed. Otherwise Deno must know it from the start. */
function isImportable(url: string, flags: readonly string[]): boolean {
  if (flags.includes("--allow-all")) return true;
  const name = url.startsWith("file:") ? "read" : "import";
  return flags.includes(`--allow-${name}`) &&
    !flags.some((flag) => flag === "--cached-only" || /^--(deny|ignore)-/.test(flag));
}

/**
 * The module that Deno runs before the main module. It has no end, so that the main module never runs. What it
 * names is loaded, for which Deno asks no permission to read; nothing of that runs before it is imported.
 */
function makeStarter(modules: Iterable<string>): string {
  const imports = [...modules].map((url) => `import(${JSON.stringify(url)})`);
  const code = `import ${JSON.stringify(ENTRY.href)}; () => [${imports.join(", ")}]; ` +
    "await new Promise(() => {});";
  return STARTER + encodeURIComponent(code);
}

/** What starts this program, if it is a child process. */
function isOurs(preload: string): boolean {
  return preload.startsWith(STARTER);
}
