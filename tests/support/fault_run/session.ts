/** Doing what a plan says, and gathering all that can be seen of it. */

import { setImmediate } from "node:timers";
import { basicConfig, Parallel, withCleanRootLogger } from "@paralog/paralog";
import { withPatience } from "../../../src/testing/patience.ts";
import { inputOf } from "./input.ts";
import type { Ending, SessionPlan } from "./plan.ts";
import { pausesOver } from "./tasks.ts";
import { Recorder } from "./recorder.ts";
import { AbortReason, reportOf, type RunReport, type SessionReport } from "./report.ts";

/** How long a session may take, in milliseconds, before it counts as stuck. */
const PATIENCE = 120_000;

/**
 * Does what a plan says.
 *
 * @throws {Error} If it does not come to an end.
 */
export async function runSession(plan: SessionPlan): Promise<SessionReport> {
  return await withCleanRootLogger(async () => {
    const session = new Session(plan);
    basicConfig({ level: "INFO", handlers: [session.recorder] });
    return await withPatience(session.run(), "the end of the session", PATIENCE);
  });
}

class Session {
  readonly recorder: Recorder;
  readonly #plan: SessionPlan;
  readonly #reports: readonly RunReport[];
  readonly #full = Promise.withResolvers<void>();

  constructor(plan: SessionPlan) {
    this.#plan = plan;
    this.#reports = plan.runs.map(reportOf);
    this.recorder = new Recorder(this.#reports);
    this.recorder.onRecord = () => {
      if (this.recorder.handled >= (plan.closesAfter ?? Infinity)) this.#full.resolve();
    };
  }

  async run(): Promise<SessionReport> {
    const { nJobs, options, isKept } = this.#plan;
    const parallel = new Parallel(nJobs, options);
    let isClosedEarly = false;
    let ends: Promise<unknown>;
    {
      await using _kept = isKept ? parallel : undefined;
      ends = this.#runAll(parallel);
      const full = this.#full.promise.then(() => true);
      if (this.#plan.closesAfter === undefined) await ends;
      else isClosedEarly = await Promise.race([ends.then(() => false), full]);
    }
    await ends;
    await pausesOver();
    const { records: counts } = parallel.stats; // It handles what is on its way.
    const { handled, filtered, complaints, pids } = this.recorder;
    const seen = { handled, filtered, complaints, pids, counts, isClosedEarly };
    return { plan: this.#plan, runs: this.#reports, ...seen };
  }

  async #runAll(parallel: Parallel): Promise<void> {
    let last: Promise<void> | undefined;
    for (const report of this.#reports) {
      if (this.#plan.isChain) await last;
      last = Promise.all([last, this.#run(parallel, report)]).then(() => {});
    }
    await last;
  }

  async #run(parallel: Parallel, report: RunReport): Promise<void> {
    const { plan } = report;
    const controller = new AbortController();
    const abort = () => {
      report.isAborted = true;
      controller.abort(new AbortReason("enough"));
    };
    this.recorder.onRecordOf.set(
      plan.number,
      (count) => isTimeToAbort(plan.ending, count) && abort(),
    );
    if (plan.ending.kind === "abort" && plan.ending.records === 0) {
      afterTurns(plan.ending.turns, abort);
    }
    try {
      await perform(parallel, report, controller.signal);
      report.end = { ok: true };
    } catch (error) {
      report.end = { ok: false, error };
    }
    report.recordsAtEnd = this.recorder.countOf(plan.number);
    report.pullsAtEnd = report.pulls;
  }
}

function isTimeToAbort(ending: Ending, count: number): boolean {
  return ending.kind === "abort" && ending.records > 0 && count === ending.records;
}

async function afterTurns(turns: number, act: () => void): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
  act();
}

async function perform(parallel: Parallel, report: RunReport, signal: AbortSignal): Promise<void> {
  const { plan: { form, ending }, outcomes } = report;
  const calls = inputOf(report);
  if (form === "run") {
    for (const [index, value] of (await parallel.run(calls, { signal })).entries()) {
      outcomes.set(index, { status: "fulfilled", value });
    }
  } else if (form === "runSettled") {
    for (const [index, outcome] of (await parallel.runSettled(calls, { signal })).entries()) {
      outcomes.set(index, outcome);
    }
  } else {
    if (ending.kind === "leave" && ending.results === 0) return;
    for await (const value of parallel.stream(calls, { signal, ordered: form === "stream" })) {
      addStreamed(report, value);
      if (ending.kind === "leave" && report.order.length === ending.results) break;
    }
  }
}

function addStreamed({ order, outcomes, twice }: RunReport, value: unknown): void {
  const square: unknown = Reflect.get(Object(value), "square");
  const index = Math.round(Math.sqrt(Number(square)));
  if (outcomes.has(index)) twice.push(index);
  order.push(index);
  outcomes.set(index, { status: "fulfilled", value });
}
