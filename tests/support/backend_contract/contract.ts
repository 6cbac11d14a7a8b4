import {
  type Backend,
  type CrashReason,
  Parallel,
  type ParallelOptions,
  withCleanRootLogger,
} from "@paralog/paralog";

/** A backend under test, and what it can't do, with the reason. */
export interface Subject {
  readonly backend: "inline" | "workers" | Backend;
  readonly nJobs: number;
  /** Why a task that ends its thread can't be tested, if it can't. */
  readonly noExit?: string;
  /** Why a task that never ends can't be tested, if it can't. */
  readonly noEndless?: string;
  /**
   * What `self.close()` in a task is seen as.
   *
   * @default { kind: "close" }
   */
  readonly closing?: CrashReason;
}

/** The contract of one backend. */
export class Contract {
  readonly subject: Subject;
  readonly #name: string;

  constructor(name: string, subject: Subject) {
    this.#name = name;
    this.subject = subject;
  }

  /** Registers a test; with a reason, one that is skipped. */
  readonly test = (title: string, fn: () => Promise<void>, reason?: string): void => {
    Deno.test({
      name: `${this.#name}: ${title}${reason ? ` (skipped: ${reason})` : ""}`,
      ignore: reason !== undefined,
      // Each in a realm of its own, so that tests share no configuration.
      fn: () => withCleanRootLogger(fn),
    });
  };

  /** Makes a `Parallel` that uses the backend. */
  readonly create = (options: ParallelOptions = {}): Parallel => {
    const { backend, nJobs } = this.subject;
    return new Parallel(nJobs, { backend, ...options });
  };
}
