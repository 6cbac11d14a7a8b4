/**
 * Running the programs that rows measure.
 *
 * @module
 */

/** What a program is run with. */
export interface ProgramOptions {
  /** What it is to do. */
  readonly input: unknown;
  /** Ends it early, and then its result is that it failed. */
  readonly signal: AbortSignal;
}

/** What came of a program. */
export interface ProgramResult {
  /** What it printed, read as JSON. */
  readonly output: unknown;
  /** From its start to its end, in milliseconds. */
  readonly ms: number;
}

/** How long a program may take, in milliseconds. */
const LONGEST = 120_000;

/**
 * Runs a program to its end. It gets its input as one argument in JSON, and prints JSON.
 *
 * @param command The program, and arguments that come first.
 * @param options What it is to do, and until when.
 * @returns What it printed, and how long it took.
 * @throws {Error} If it fails, or is not on PATH.
 */
export async function runProgram(
  command: readonly [string, ...string[]],
  { input, signal: ended }: ProgramOptions,
): Promise<ProgramResult> {
  const [program, ...args] = command;
  const start = performance.now();
  const { code, signal, stdout, stderr } = await new Deno.Command(program, {
    args: [...args, JSON.stringify(input)],
    env: { NO_COLOR: "1" },
    stdin: "null",
    signal: AbortSignal.any([AbortSignal.timeout(LONGEST), ended]),
  }).output();
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
