/** What came of a figure that is made up. */

import type { FigureResult } from "../../bench/harness/results.ts";

/** On what it was measured. */
const MACHINE = {
  cpu: "A CPU",
  cores: 2,
  memory: 8,
  os: "linux 6.1 x86_64",
  deno: "2.9.6",
  v8: "15.0",
  typescript: "6.0.3",
  paralog: "0.1.0",
  load: 0.25,
};

/** A result of a figure without rows, with these parts instead. */
export function resultOf(parts: Partial<FigureResult> = {}): FigureResult {
  return {
    title: "A made-up figure",
    began: "2026-01-02T03:04:05.678Z",
    seconds: 7,
    rounds: 5,
    quick: false,
    machine: MACHINE,
    versions: {},
    measures: [{ key: "us", title: "us a call" }],
    budgets: [],
    rows: [],
    ...parts,
  };
}
