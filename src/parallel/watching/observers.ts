/**
 * Several observers of a run as one.
 *
 * @module
 */

import { getLogger } from "../../logging/realm.ts";
import type { RunObserver } from "./run_observer.ts";

/** Tells each observer in turn. */
export class Observers implements Required<RunObserver> {
  readonly #all: readonly RunObserver[];

  /**
   * Makes one of several.
   *
   * @param all Who is told.
   */
  constructor(all: readonly RunObserver[]) {
    this.#all = all;
  }

  onStart(...told: Parameters<Required<RunObserver>["onStart"]>): void {
    for (const each of this.#all) each.onStart?.(...told);
  }

  onBatchSize(...told: Parameters<Required<RunObserver>["onBatchSize"]>): void {
    for (const each of this.#all) each.onBatchSize?.(...told);
  }

  onDispatch(...told: Parameters<Required<RunObserver>["onDispatch"]>): void {
    for (const each of this.#all) each.onDispatch?.(...told);
  }

  onSettled(...told: Parameters<Required<RunObserver>["onSettled"]>): void {
    for (const each of this.#all) each.onSettled?.(...told);
  }

  onBatch(...told: Parameters<Required<RunObserver>["onBatch"]>): void {
    for (const each of this.#all) each.onBatch?.(...told);
  }

  onQueueTimeout(...told: Parameters<Required<RunObserver>["onQueueTimeout"]>): void {
    for (const each of this.#all) each.onQueueTimeout?.(...told);
  }

  onRetry(...told: Parameters<Required<RunObserver>["onRetry"]>): void {
    for (const each of this.#all) each.onRetry?.(...told);
  }

  onTaskProgress(...told: Parameters<Required<RunObserver>["onTaskProgress"]>): void {
    for (const each of this.#all) each.onTaskProgress?.(...told);
  }

  onEnd(...told: Parameters<Required<RunObserver>["onEnd"]>): void {
    for (const each of this.#all) each.onEnd?.(...told);
  }
}

/** Logs each further attempt. */
export const retryLog: RunObserver = {
  onRetry(_run, { index, task, attempt, delay, error }) {
    getLogger("paralog").info(
      "%s, call %d, failed at attempt %d and is tried again in %d ms: %s",
      task,
      index,
      attempt,
      delay,
      error,
    );
  },
};

/**
 * Logs what has failed while a run was being stopped: it is rejected with why it was stopped.
 *
 * @param ends What had to come to its end.
 */
export function reportLate(ends: readonly PromiseSettledResult<unknown>[]): void {
  for (const end of ends) {
    if (end.status === "fulfilled") continue;
    getLogger("paralog").error("A run was stopped, and then failed: %s", end.reason);
  }
}
