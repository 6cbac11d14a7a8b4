/**
 * The handler of this figure: it writes nothing, so that what is measured is the way to it.
 *
 * @module
 */

import { Handler, type HandlerOptions, type LogRecord } from "@paralog/paralog/logging";

/** Counts of what came; several handlers may share one. */
export interface Counts {
  /** How many records came. */
  handled: number;
  /** How long their lines were together; somebody has to need a line for it to be made. */
  length: number;
}

/** Counts records. Makes lines of them only if it is told how. */
export class CountingHandler extends Handler {
  readonly #counts: Counts;

  /**
   * Makes a handler.
   *
   * @param counts Where it counts.
   * @param options What every handler takes.
   */
  constructor(counts: Counts, options: HandlerOptions = {}) {
    super(options);
    this.#counts = counts;
  }

  override emit(record: LogRecord): void {
    this.#counts.handled++;
    if (this.hasFormatter) this.#counts.length += this.format(record).length;
  }
}
