/** The handler of the runs with faults. */

import { Handler, type LogRecord } from "@paralog/paralog";
import type { RunReport } from "./report.ts";

/** Keeps what is needed to account for each record. */
export class Recorder extends Handler {
  handled = 0;
  filtered = 0;
  readonly complaints: string[] = [];
  readonly pids = new Set<number>();
  onRecord = () => {};
  readonly onRecordOf = new Map<number, (count: number) => void>();
  readonly #reports: readonly RunReport[];
  readonly #counts = new Map<number, number>();
  #lastSeq = 0;

  constructor(reports: readonly RunReport[]) {
    super();
    this.#reports = reports;
    this.addFilter(({ name, seq }) => {
      if (name !== "fault.noise") return true;
      this.#checkOrder(seq);
      this.filtered++;
      return false;
    });
  }

  countOf(run: number): number {
    return this.#counts.get(run) ?? 0;
  }

  override emit(record: LogRecord): void {
    this.#checkOrder(record.seq);
    if (record.name !== "fault") {
      if (record.level > 20) this.complaints.push(`${record.levelName} ${record.msg}`);
      return;
    }
    this.handled++;
    if (record.process !== Deno.pid) this.pids.add(record.process);
    this.#keep(record);
    this.onRecord();
  }

  #checkOrder(seq: number): void {
    if (seq <= this.#lastSeq) this.complaints.push(`record ${seq} comes after ${this.#lastSeq}`);
    this.#lastSeq = seq;
  }

  #keep({ args, taskIndex, attempt: attemptOf }: LogRecord): void {
    const [run, index, attempt, step] = args.map(Number) as [number, number, number, number];
    const report = this.#reports[run];
    if (!report || index !== taskIndex || attempt !== attemptOf) {
      this.complaints.push(`${args} has the place of call ${taskIndex}, attempt ${attemptOf}`);
      return;
    }
    const attempts = report.steps.get(index) ?? [];
    report.steps.set(index, attempts);
    (attempts[attempt - 1] ??= []).push(step);
    if (report.recordsAtEnd !== undefined) report.late.add(index);
    const count = this.countOf(run) + 1;
    this.#counts.set(run, count);
    this.onRecordOf.get(run)?.(count);
  }
}
