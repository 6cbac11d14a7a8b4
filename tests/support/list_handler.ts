import { Handler, type LogRecord } from "@paralog/paralog/logging";

/** Keeps what reaches it. */
export class ListHandler extends Handler {
  readonly records: LogRecord[] = [];
  readonly lines: string[] = [];

  override emit(record: LogRecord): void {
    this.records.push(record);
    this.lines.push(this.format(record));
  }
}
