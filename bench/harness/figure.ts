/**
 * What a file of `bench/` describes: one figure, which is a table of rows that are measured in the
 * same run.
 *
 * @module
 */

/** Another program or library that a row measures. */
export interface Peer {
  /** Its name, as people know it. */
  readonly name: string;
  /**
   * Makes it ready; installs it where that is needed.
   *
   * @param signal Ends that early.
   * @returns Why it can't be measured on this machine; `undefined` if it can.
   */
  obstacle(signal: AbortSignal): Promise<string | undefined>;
  /** Its version, and those of the parts that matter. Asked only if there is no obstacle. */
  version(): Promise<string>;
}

/** How much work a round is. */
export interface Scale {
  /** Whether only to show that everything works: little work, and times that mean nothing. */
  readonly quick: boolean;
}

/** What one round measured of a row. */
export interface Sample {
  /** A number for each measure, by its key; some may be missing. */
  readonly values: Readonly<Record<string, number>>;
  /** What was wrong with what came out, where that is a known fault of a peer. */
  readonly fault?: string;
}

/** A column of the table. */
export interface Measure {
  /** Where its numbers are in a sample. */
  readonly key: string;
  /** The head of the column, with the unit. */
  readonly title: string;
}

/** A line of the table: one way to do the work. */
export interface Row {
  /** What it is. */
  readonly name: string;
  /** Whom it measures, if that is not this project alone. */
  readonly peer?: Peer;
  /**
   * Does the work and verifies what came out of it. It must not depend on earlier rounds.
   *
   * @param scale How much work.
   * @param signal Ends it early: nothing is left behind, and what it throws then is not looked at.
   * @returns What was measured.
   * @throws {Error} If the work was not done as it should: a line is missing, torn, out of order.
   */
  measure(scale: Scale, signal: AbortSignal): Promise<Sample>;
}

/** What a row should reach. */
export interface Budget {
  /** The name of the row. */
  readonly row: string;
  /** The key of the measure. */
  readonly measure: string;
  /** The most that the median may be; with `than`, the most that the median of the ratios may be. */
  readonly most: number;
  /** The name of the row that it is a multiple of. */
  readonly than?: string;
}

/** One figure. */
export interface Figure {
  /** What the command line calls it. */
  readonly name: string;
  /** What is measured, in a line. */
  readonly title: string;
  /** The columns. */
  readonly measures: readonly Measure[];
  /** The lines. The first is what the others are compared with. */
  readonly rows: readonly Row[];
  /** What rows should reach. */
  readonly budgets: readonly Budget[];
}
