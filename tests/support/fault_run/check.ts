/** What must hold whatever happens: each call is settled once, as it should be, and no record is lost. */

import { TaskTimeoutError, WorkerCrashError } from "@paralog/paralog";
import { isRunning } from "../memory.ts";
import { CALLS, type SessionPlan } from "./plan.ts";
import { AbortReason, InputError, type RunReport, type SessionReport } from "./report.ts";
import { type Order, resultOf } from "./tasks.ts";

/**
 * Looks for what is wrong.
 *
 * @returns What was found; nothing, if all is well.
 */
export function complaintsOf(report: SessionReport): string[] {
  const complaints = [...report.complaints, ...complaintsOfCounts(report)];
  for (const run of report.runs) {
    const place = `run ${run.plan.number} (${run.plan.form}): `;
    complaints.push(...new RunCheck(run, report).complaints.map((text) => place + text));
  }
  for (const pid of report.pids) {
    if (isRunning(pid)) complaints.push(`process ${pid} is still there`);
  }
  return complaints;
}

function complaintsOfCounts({ counts, handled, filtered, plan, runs }: SessionReport): string[] {
  const { emitted, written, dropped } = counts;
  const complaints = [];
  // What a task that nobody waits for logs inline comes after the counts were taken.
  const isExact = plan.backend !== "inline" || runs.every(({ late }) => late.size === 0);
  if (emitted !== written + counts.filtered + dropped) complaints.push("the counts do not add up");
  if (dropped !== 0) complaints.push(`${dropped} records were dropped`);
  if (isExact && written !== handled) complaints.push(`${written} written, ${handled} handled`);
  if (isExact && counts.filtered !== filtered) {
    complaints.push(`${counts.filtered} counted as filtered, ${filtered} were`);
  }
  return complaints;
}

class RunCheck {
  readonly complaints: string[] = [];
  readonly #run: RunReport;
  readonly #session: SessionReport;
  readonly #retries: number;

  constructor(run: RunReport, session: SessionReport) {
    this.#run = run;
    this.#session = session;
    this.#retries = session.plan.retries;
    this.#checkEnd();
    this.#checkResults();
    for (const order of run.plan.orders) this.#checkRecords(order);
    this.#checkInput();
    this.#checkNothingIsLate();
  }

  #complain(text: string): void {
    this.complaints.push(text);
  }

  /** How many attempts a call has, if nobody stops it. */
  #attemptsOf({ fault, faultyAttempts }: Order): number {
    if (fault === undefined) return 1;
    const needed = fault === "bad argument" ? Infinity : faultyAttempts + 1;
    return Math.min(needed, this.#retries + 1);
  }

  #fails(order: Order): boolean {
    const { fault, faultyAttempts } = order;
    return fault !== undefined && (fault === "bad argument" || faultyAttempts > this.#retries);
  }

  #checkEnd(): void {
    const { end, plan } = this.#run;
    const isFailFast = plan.form !== "runSettled";
    const failing = plan.orders.filter((order) => this.#fails(order));
    if (end.ok) {
      if (plan.ending.kind === "leave" && this.#run.order.length === plan.ending.results) return;
      if (plan.ending.kind === "input") this.#complain("resolved although its input failed");
      if (isFailFast && failing.length > 0) this.#complain("resolved although a call failed");
      if (this.#run.outcomes.size !== CALLS) this.#complain(`${this.#run.outcomes.size} results`);
      return;
    }
    const { error } = end;
    if (error instanceof AbortReason && this.#run.isAborted) return;
    if (error instanceof InputError && plan.ending.kind === "input") return;
    if (this.#isClosed(error)) return;
    if (isFailFast && failing.some((order) => this.#isErrorOf(order, error))) return;
    this.#complain(`rejected with ${Deno.inspect(error)}`);
  }

  #isClosed(error: unknown): boolean {
    return this.#session.isClosedEarly && error instanceof Error &&
      error.message.includes("Parallel was closed");
  }

  #checkResults(): void {
    const { outcomes, order, plan, twice } = this.#run;
    for (const index of twice) this.#complain(`call ${index} came twice`);
    if (plan.form === "stream" && order.some((index, place) => index !== place)) {
      this.#complain("the results are out of order");
    }
    for (const [index, outcome] of outcomes) {
      const call = plan.orders[index];
      if (!call) this.#complain(`there is no call ${index}`);
      else if (!this.#isRight(call, outcome)) {
        this.#complain(`call ${index} (${call.fault}) ended as ${Deno.inspect(outcome)}`);
      }
    }
  }

  #isRight(order: Order, outcome: PromiseSettledResult<unknown>): boolean {
    if (outcome.status === "fulfilled") {
      return !this.#fails(order) &&
        JSON.stringify(outcome.value) === JSON.stringify(resultOf(order));
    }
    if (this.#isClosed(outcome.reason)) return true;
    return this.#fails(order) && this.#isErrorOf(order, outcome.reason);
  }

  #isErrorOf(order: Order, error: unknown): boolean {
    const { fault, index } = order;
    switch (fault) {
      case "throw":
      case "error outside":
      case "rejection outside":
        return error instanceof RangeError && error.message === `fault of call ${index}`;
      case "throw a value":
        return Reflect.get(Object(error), "fault") === index;
      case "bad result":
        return error instanceof TypeError && error.message.includes("the result of work back");
      case "bad argument":
        return error instanceof TypeError && error.message.includes("the arguments of work");
      case "spin":
      case "wait":
        return error instanceof TaskTimeoutError && error.index === index &&
          error.phase === "run" &&
          this.#hasLastRecord(order, error);
      case undefined:
        return false;
      default:
        return error instanceof WorkerCrashError && error.index === index &&
          isReasonOf(fault, error, this.#session.plan) && this.#hasLastRecord(order, error);
    }
  }

  /** What it logged last is on the error. */
  #hasLastRecord(
    { index, stepsBefore }: Order,
    error: WorkerCrashError | TaskTimeoutError,
  ): boolean {
    const steps = error.records.filter(({ name }) => name === "fault");
    return steps.at(-1)?.args[3] === (stepsBefore === 0 ? undefined : stepsBefore - 1) &&
      steps.every(({ args }) => args[1] === index);
  }

  /** Each attempt has logged its steps, once and in their order; where it was stopped, the first of them. */
  #checkRecords(order: Order): void {
    const { outcomes, steps } = this.#run;
    const attempts = steps.get(order.index) ?? [];
    const outcome = outcomes.get(order.index);
    const isSettled = outcome !== undefined &&
      !(outcome.status === "rejected" && this.#isClosed(outcome.reason));
    const expected = this.#attemptsOf(order);
    if (attempts.length > expected) {
      this.#complain(`call ${order.index} had ${attempts.length} attempts`);
    }
    for (let number = 1; number <= Math.min(expected, 1 + this.#retries); number++) {
      const logged = attempts[number - 1] ?? [];
      const most = this.#stepsOf(order, number);
      const isComplete = isSettled || number < attempts.length;
      const isRight = logged.every((step, place) => step === place) &&
        (isComplete ? logged.length === most : logged.length <= most);
      if (!isRight) {
        this.#complain(
          `attempt ${number} of call ${order.index} (${order.fault}) has logged ${logged} of ${most}`,
        );
      }
    }
  }

  #stepsOf({ fault, faultyAttempts, steps, stepsBefore }: Order, attempt: number): number {
    if (fault === "bad argument") return 0;
    return fault !== undefined && attempt <= faultyAttempts ? stepsBefore : steps;
  }

  #checkInput(): void {
    const { plan: { input }, pulls, pullsAtEnd, isInputClosed } = this.#run;
    if (input === "list") return;
    // An asynchronous one may have been asked for a call at this moment.
    const isSync = input === "generator";
    if (pulls > pullsAtEnd + (isSync ? 0 : 1)) this.#complain("its input was asked for more");
    if (isSync && pulls > 0 && !isInputClosed) this.#complain("its input was not closed");
  }

  /**
   * Nothing runs on. But inline, a call that runs can't be stopped; and a thread that does not yield for 100 ms,
   * as on a machine that is very busy, comes to its end later.
   */
  #checkNothingIsLate(): void {
    const { late } = this.#run;
    const { backend, nJobs } = this.#session.plan;
    if (late.size <= (backend === "processes" ? 0 : nJobs)) return;
    this.#complain(`calls ${[...late]} have logged after its end`);
  }
}

function isReasonOf(
  fault: Order["fault"],
  { reason }: WorkerCrashError,
  plan: SessionPlan,
): boolean {
  switch (fault) {
    case "exit":
      return reason.kind === "exit" && reason.code === 3;
    case "process.exit":
      return reason.kind === "exit" && reason.code === 4;
    case "close":
      return plan.backend === "processes"
        ? reason.kind === "exit" && reason.code === 0
        : reason.kind === "close";
    default:
      return reason.kind === "signal" && reason.signal === "SIGKILL";
  }
}
