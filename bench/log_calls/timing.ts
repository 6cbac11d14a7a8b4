/**
 * Timing log calls: what all Deno programs of this figure share.
 *
 * @module
 */

/** What a program of this figure is told to do. */
export interface CallsInput {
  /** Which case it measures. */
  readonly name: string;
  /** How many calls one repetition makes. */
  readonly calls: number;
  /** How often they are timed, in one program. */
  readonly repetitions: number;
}

/** What a program of this figure prints. */
export interface CallsOutput {
  /** Nanoseconds a call, of each repetition. */
  readonly ns: readonly number[];
  /** How many records reached a handler meanwhile; one that reached two handlers counts twice. */
  readonly handled: number;
  /** How many more did when a last call was made, after what refused records was lifted. */
  readonly lifted: number;
}

/**
 * Times calls.
 *
 * @param log Makes so many calls; the loop is its own, so that V8 can inline the call.
 * @param input How many, how often.
 * @returns Nanoseconds a call, of each repetition.
 */
export function timeCalls(
  log: (calls: number) => void,
  { calls, repetitions }: Pick<CallsInput, "calls" | "repetitions">,
): number[] {
  return Array.from({ length: repetitions }, () => {
    const start = performance.now();
    log(calls);
    return (performance.now() - start) * 1e6 / calls;
  });
}
