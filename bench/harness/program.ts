/**
 * Running the programs that rows measure.
 *
 * @module
 */

/** What a program is run with. */
export interface ProgramOptions {
  /** What it is to do. */
  readonly input: unknown;
  /** Kills it, with all that it has started. */
  readonly signal: AbortSignal;
}

/** What came of a program. */
export interface ProgramResult {
  /** What it printed, read as JSON. */
  readonly output: unknown;
  /** From its start to its end, in milliseconds. */
  readonly ms: number;
}

/** How long a program that is told to end may take for that, in milliseconds. */
const GRACE = 1000;

/** How long a program may take, in milliseconds. */
const LONGEST = 120_000;

/**
 * Runs a program to its end. It gets its input as one argument in JSON, and prints JSON.
 *
 * @param command The program, and arguments that come first.
 * @param options What it is to do, and until when.
 * @returns What it printed, and how long it took.
 * @throws {Error} If it fails, is killed, or is not on PATH.
 */
export async function runProgram(
  command: readonly [string, ...string[]],
  options: ProgramOptions,
): Promise<ProgramResult> {
  const [program, ...args] = command;
  const limit = AbortSignal.any([AbortSignal.timeout(LONGEST), options.signal]);
  limit.throwIfAborted();
  const start = performance.now();
  const child = new Deno.Command(program, {
    args: [...args, JSON.stringify(options.input)],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = () => {
    signalGroup(child.pid, "SIGTERM"); // joblib cleans up what it has in shared memory.
    timer = setTimeout(() => signalGroup(child.pid, "SIGKILL"), GRACE);
  };
  limit.addEventListener("abort", end);
  const { code, signal, stdout, stderr } = await child.output();
  limit.removeEventListener("abort", end);
  clearTimeout(timer);
  if (limit.aborted) signalGroup(child.pid, "SIGKILL"); // What it has started may still be there.
  const ms = performance.now() - start;
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (code !== 0) {
    throw new Error(
      `Cannot measure "${command.join(" ")}": it ended with ${signal ?? `code ${code}`}.\n` +
        decode(stderr),
    );
  }
  return { output: JSON.parse(decode(stdout)), ms };
}

/** A detached program is the first of a group, with what it starts; Windows has no such groups. */
function signalGroup(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(Deno.build.os === "windows" ? pid : -pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error; // It has just ended.
  }
}

/**
 * What a program prints, on one line.
 *
 * @param program The program.
 * @param args Its arguments.
 * @returns The line; `undefined` if it is not on PATH or fails.
 */
export async function askProgram(
  program: string,
  ...args: string[]
): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(program, { args, stdin: "null" }).output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
