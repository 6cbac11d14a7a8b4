/** Tasks whose own loggers, filters and handlers decide what becomes of their records. */

import { basicConfig, getLogger, Parallel, task } from "@paralog/paralog";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { logNumbers } from "./relay_tasks.ts";

const log = getLogger("relay");

/** Fails at every record, and does not report it. */
export class FailingHandler extends ListHandler {
  override emit(): void {
    throw new RangeError("the disk is full");
  }
  override handleError(): void {}
}

/** Lets only the even numbers pass. */
export const isEven = ({ args }: { args: readonly unknown[] }) => Number(args[0]) % 2 === 0;

/** Configures a root of its own with one handler, and logs ten records. Returns how many it took. */
function logTo(handler: ListHandler): number {
  basicConfig({ level: "INFO", handlers: [handler] });
  logNumbers(10);
  return handler.records.length;
}

const SETUPS = {
  "a handler": () => logTo(new ListHandler()),
  "a handler with a filter": () => logTo(new ListHandler({ filters: [isEven] })),
  "a handler with a higher level": () => logTo(new ListHandler({ level: "ERROR" })),
  "a handler that fails": () => logTo(new FailingHandler()),
  "a handler beside one that fails": () => {
    log.addHandler(new FailingHandler());
    return logTo(new ListHandler());
  },
  "a handler for its own tasks": async () => {
    const handler = new ListHandler();
    basicConfig({ level: "INFO", handlers: [handler] });
    await new Parallel(1).map(logNumbers, [10]);
    return handler.records.length;
  },
  "a filter": () => {
    log.addFilter(isEven);
    return logNumbers(10);
  },
  "a lower level": () => {
    getLogger().setLevel("DEBUG");
    for (let n = 0; n < 10; n++) log.debug("record %d", n);
  },
  "nothing": () => logNumbers(10),
} as const satisfies Record<string, () => unknown>;

export type Setup = keyof typeof SETUPS;

/** Sets its loggers up and logs ten records. */
export const logWithSetup = task(import.meta, function logWithSetup(setup: Setup) {
  return SETUPS[setup]();
});
