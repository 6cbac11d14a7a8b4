/**
 * A handler that keeps what reaches it.
 *
 * @module
 */

import { Handler, type LogRecord } from "../logging/mod.ts";

/** Keeps what reaches it. */
export class ListHandler extends Handler {
  /** The records. */
  readonly records: LogRecord[] = [];
  /** Their lines, as the handler's formatter writes them. */
  readonly lines: string[] = [];

  override emit(record: LogRecord): void {
    this.records.push(record);
    this.lines.push(this.format(record));
  }

  /** The messages of the records. */
  get messages(): string[] {
    return this.records.map(({ msg }) => msg);
  }
}
