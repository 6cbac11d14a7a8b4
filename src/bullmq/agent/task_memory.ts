/**
 * How much memory tasks get on an agent.
 *
 * @module
 */

/**
 * Gives a caller the memory limit that it asks for.
 *
 * @param most The most that a task may have, in megabytes; also what it has when nothing is asked for.
 * @param asked What the caller wants.
 * @returns The limit, or `undefined` for none.
 * @throws {RangeError} If the caller asks for more.
 */
export function combineMemoryLimits(
  most: number | undefined,
  asked: number | undefined,
): number | undefined {
  if (most === undefined || asked === undefined) return asked ?? most;
  if (asked <= most) return asked;
  throw new RangeError(
    `Cannot give tasks ${asked} MB of memory: this agent gives them at most ${most}. Ask for less, or ` +
      "start the agent with another --memory-limit",
  );
}
