/**
 * The command line that this program was started with, which Deno does not tell.
 *
 * @module
 */

/**
 * Finds out how this program was started.
 *
 * On Linux the system tells: directly to a program that has all permissions, and otherwise to Deno's own
 * shell, for which no more is needed than for a child process. macOS tells without saying where one
 * argument ends, and Windows says nothing.
 *
 * @returns The arguments of Deno, without those of the program itself; `undefined` if it can't be known.
 */
export function readCommandLine(): readonly string[] | undefined {
  switch (Deno.build.os) {
    case "linux":
    case "android":
      return readArguments();
    case "windows":
      return undefined;
    default:
      return splitWords(runInShell(`ps -ww -o args= -p ${Deno.pid}`), Deno.args);
  }
}

function readArguments(): readonly string[] | undefined {
  const text = readFile("/proc/self/cmdline") ?? runInShell(`cat /proc/${Deno.pid}/cmdline`);
  // Each argument ends with a zero, the last one too.
  return text === undefined ? undefined : withoutOwn(text.split("\0").slice(1, -1), Deno.args);
}

/**
 * Splits what `ps` shows. Arguments with spaces come apart, but for those of the program itself.
 *
 * @param shown What it shows; it may be `undefined`.
 * @param own The arguments of the program itself.
 * @returns The arguments of Deno; `undefined` if there are none that can be told.
 */
export function splitWords(
  shown: string | undefined,
  own: readonly string[],
): readonly string[] | undefined {
  const text = shown?.trimEnd();
  const end = own.map((arg) => ` ${arg}`).join("").trimEnd();
  if (!text?.endsWith(end)) return undefined;
  return withoutOwn(text.slice(0, text.length - end.length).split(/\s+/).slice(1), []);
}

/** Deno has told what it takes for arguments of the program; those are at the end. */
function withoutOwn(args: readonly string[], own: readonly string[]): string[] | undefined {
  const count = args.length - own.length;
  if (own.some((arg, index) => args[count + index] !== arg)) return undefined;
  return args.slice(0, args[count - 1] === "--" ? count - 1 : count);
}

/** Reads a file if Deno may read all; nobody is to be asked for it. */
function readFile(path: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "read" });
  if (state !== "granted") return undefined;
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined; // Deno wants all permissions for it.
    throw error;
  }
}

/** Runs a command in the shell of Deno, which starts sooner than a program. */
function runInShell(command: string): string | undefined {
  const deno = Deno.execPath();
  const { state } = Deno.permissions.querySync({ name: "run", command: deno });
  if (state !== "granted") return undefined;
  const { success, stdout } = new Deno.Command(deno, {
    args: ["task", "--quiet", "--eval", command],
    cwd: "/", // The configuration of the program is not its business.
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).outputSync();
  return success ? new TextDecoder().decode(stdout) : undefined;
}
