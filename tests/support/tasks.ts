/** Tasks that the tests of workers run. */

import { basicConfig, getLogger, task } from "@paralog/paralog";
import { ListHandler } from "../../src/testing/list_handler.ts";

/** Waits until as many tasks have come here as the flag holds. */
function meet(parties: Int32Array): void {
  let missing = Atomics.sub(parties, 0, 1) - 1;
  Atomics.notify(parties, 0);
  while (missing > 0) {
    if (Atomics.wait(parties, 0, missing, 30_000) === "timed-out") throw new Error("nobody came");
    missing = Atomics.load(parties, 0);
  }
}

export const interval = task(
  import.meta,
  async function interval(ms: number, parties?: Int32Array) {
    if (parties) meet(parties);
    const from = performance.timeOrigin + performance.now();
    await new Promise((resolve) => setTimeout(resolve, ms));
    return { from, to: performance.timeOrigin + performance.now() };
  },
);

export const processName = task(import.meta, async function processName() {
  await new Promise((resolve) => setTimeout(resolve, 20));
  const handler = new ListHandler();
  basicConfig({ level: "INFO", handlers: [handler] });
  getLogger().info("who");
  return handler.records[0]?.processName;
});

export const makeUnexported = () => task(import.meta, function unexported() {});
