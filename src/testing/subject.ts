/**
 * What a backend is tested with: itself, and what it can't do.
 *
 * @module
 */

import type { Backend, CrashReason } from "../parallel/mod.ts";

/**
 * A backend under test, and what it can't do, with the reason: the tests that need it are skipped, and their
 * names say why.
 *
 * What it says of itself need not be said again: tests of `timeout`, `memoryLimit` and `permissions` are
 * skipped if they are not among its `abilities`.
 *
 * @example
 * ```ts
 * import { ProcessesBackend } from "@paralog/paralog/parallel";
 * import type { Subject } from "@paralog/paralog/testing";
 *
 * export const subject: Subject = {
 *   backend: new ProcessesBackend({ flags: ["--v8-flags=--stack-size=4000"] }),
 *   noSharedMemory: "a process shares no memory with another one",
 *   closing: { kind: "exit", code: 0 },
 *   skip: [{ reason: "they take too long", tests: ["arguments and results may be big"] }],
 * };
 * ```
 */
export interface Subject {
  /** The backend, or the name of one that this library has. */
  readonly backend: "inline" | "workers" | "processes" | Backend;
  /**
   * How many workers most tests have.
   *
   * @default 2
   */
  readonly nJobs?: number;
  /**
   * Why two calls can't run at the same time.
   *
   * @default they can
   */
  readonly noParallel?: string;
  /**
   * Why a task must not end its worker, as `Deno.exit()` does.
   *
   * @default it may, and fails with a WorkerCrashError
   */
  readonly noExit?: string;
  /**
   * Why a task that never ends, and does not listen to its signal, can't be stopped.
   *
   * @default it can
   */
  readonly noEndless?: string;
  /**
   * Why a `SharedArrayBuffer` can't be given to a task.
   *
   * @default it can, and has the same memory there
   */
  readonly noSharedMemory?: string;
  /**
   * As what `self.close()` in a task is seen.
   *
   * @default { kind: "close" }
   */
  readonly closing?: CrashReason;
  /**
   * Tests that the backend can't pass for reasons of its own, by their names.
   *
   * @default none
   */
  readonly skip?: readonly SkippedTests[];
}

/** Tests that are left out. */
export interface SkippedTests {
  /** Why. */
  readonly reason: string;
  /** Their names, without that of the backend. */
  readonly tests: readonly string[];
}
