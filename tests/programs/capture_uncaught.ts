/** Ends by an error that nobody catches; how, its argument says. */

import {
  basicConfig,
  captureUncaught,
  getLogger,
  Handler,
  type LogRecord,
} from "../../src/logging/mod.ts";

/** Holds records until it is flushed. */
class HoldingHandler extends Handler {
  readonly #held: LogRecord[] = [];
  override emit(record: LogRecord): void {
    this.#held.push(record);
  }
  override flush(): void {
    for (const { levelName, name, msg, error } of this.#held.splice(0)) {
      console.log(`${levelName} ${name} ${msg} ${error?.message}`);
    }
  }
}

const [how, capture] = Deno.args;
basicConfig({ handlers: [new HoldingHandler()] });
if (capture !== "no") captureUncaught();
getLogger("app").warn("before");
if (how === "throw") {
  setTimeout(() => {
    throw new RangeError("too far");
  });
} else if (how === "reject") Promise.reject(new RangeError("too far"));
else Promise.reject("a string");
