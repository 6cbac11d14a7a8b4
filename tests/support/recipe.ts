/** Runs examples as their headers say, and the scripts that recipes of the cookbook come from. */

import { type Ran, ROOT, runDeno } from "./run_deno.ts";
import { RunningProgram } from "./running_program.ts";

/** Where the recipes are. */
export const COOKBOOK = new URL("examples/cookbook/", ROOT);

/** Where the scripts are that the recipes come from. */
export const SCRIPTS = new URL("tests/examples/python/", ROOT);

/**
 * The arguments of Deno for an example: exactly the permissions that its header names.
 *
 * @param example A recipe of the cookbook by its name, any other by its folder and name.
 */
export function commandOf(example: string): string[] {
  const path = `examples/${example.includes("/") ? "" : "cookbook/"}${example}.ts`;
  const header = Deno.readTextFileSync(new URL(path, ROOT)).split("*/", 1)[0] ?? "";
  const command = header.split("\n").find((line) => line.includes(` ${path}`)) ?? "";
  const flags = / \* {5}deno run (.*?)examples\//.exec(command)?.[1];
  if (flags === undefined) throw new Error(`The header of ${path} has no command: ${command}`);
  return ["run", ...flags.split(" ").filter(Boolean), path];
}

/** Runs an example to its end. */
export function runRecipe(example: string, ...args: string[]): Promise<Ran> {
  return runDeno([...commandOf(example), ...args]);
}

/** Starts an example that runs until it is told to end. */
export function startRecipe(example: string, ...args: string[]): RunningProgram {
  return new RunningProgram([...commandOf(example), ...args]);
}

/** Runs Python to its end. */
export async function runPython(args: readonly string[], cwd?: string): Promise<Ran> {
  const command = new Deno.Command("python3", { args: ["-B", "-W", "ignore", ...args], cwd });
  const output = await command.output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: output.code, stdout: decode(output.stdout), stderr: decode(output.stderr) };
}

/** Runs the script that a recipe comes from, as Python's cookbook has it, in a folder. */
export function runScript(recipe: string, folder: string): Promise<Ran> {
  return runPython([new URL(`${recipe}.py`, SCRIPTS).pathname], folder);
}

/** Runs a function with two new folders, for a recipe and for its script. */
export async function withFolders(
  fn: (ours: string, pythons: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const [ours, pythons] = [`${folder}/ours`, `${folder}/pythons`] as const;
    await Promise.all([Deno.mkdir(ours), Deno.mkdir(pythons)]);
    await fn(ours, pythons);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The text with its times masked, and Python's WARNING called as it is here. */
export function masked(text: string): string {
  return text
    .replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}/gm, "TIME")
    .replace(/^\d\d-\d\d \d\d:\d\d/gm, "TIME")
    .replace(/\bWARN(?:ING)? */g, "WARN ");
}
