/**
 * What the tests of one backend have in common.
 *
 * @module
 */

import { withCleanRootLogger } from "../logging/mod.ts";
import { Parallel, type ParallelOptions } from "../parallel/mod.ts";
import type { Subject } from "./subject.ts";

/** The contract of one backend. */
export class Contract {
  /** The backend, and what it can't do. */
  readonly subject: Subject;
  readonly #name: string;
  /** Why tests are left out, by their names. */
  readonly #skipped: Map<string, string>;

  /**
   * Begins without tests.
   *
   * @param name What the names of the tests begin with.
   * @param subject The backend, and what it can't do.
   */
  constructor(name: string, subject: Subject) {
    this.#name = name;
    this.subject = subject;
    const { skip = [] } = subject;
    this.#skipped = new Map(
      skip.flatMap(({ reason, tests }) => tests.map((title) => [title, reason] as const)),
    );
  }

  /**
   * Registers a test; with a reason, one that is skipped.
   *
   * @param title What the backend does.
   * @param fn Checks it, in a realm of its own, so that tests share no configuration.
   * @param reasons Why the backend can't do what the test needs; `undefined` if it can.
   */
  readonly test = (
    title: string,
    fn: () => Promise<void>,
    ...reasons: readonly (string | undefined)[]
  ): void => {
    const reason = this.#skipped.get(title) ?? reasons.find((each) => each !== undefined);
    this.#skipped.delete(title);
    Deno.test({
      name: `${this.#name}: ${title}${reason === undefined ? "" : ` (skipped: ${reason})`}`,
      ignore: reason !== undefined,
      fn: () => withCleanRootLogger(fn),
    });
  };

  /**
   * Makes a `Parallel` that uses the backend.
   *
   * @param options Its other options.
   * @param nJobs How many calls run at once.
   */
  readonly create = (
    options: ParallelOptions = {},
    nJobs = this.subject.nJobs ?? 2,
  ): Parallel => new Parallel(nJobs, { backend: this.subject.backend, ...options });

  /**
   * Why the backend can't give what options ask for.
   *
   * @param options The options.
   * @returns What `Parallel` says; `undefined` if the backend can.
   */
  readonly refusal = (options: ParallelOptions): string | undefined => {
    try {
      this.create(options);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

  /**
   * Checks that all tests that the subject skips were there.
   *
   * @throws {RangeError} If one was not.
   */
  checkSkipped(): void {
    const [unknown] = this.#skipped.keys();
    if (unknown === undefined) return;
    throw new RangeError(
      `Cannot skip "${unknown}": there is no such test. Give its name without "${this.#name}: "`,
    );
  }
}
