import { ListHandler } from "../../src/testing/list_handler.ts";

/** Counts how often it is closed. */
export class ClosedHandler extends ListHandler {
  closed = 0;
  override close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }
}
