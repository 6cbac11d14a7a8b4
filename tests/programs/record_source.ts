/** Ends in one of several ways, while a source still has a record. */

import { getLogger, Handler, shutdown } from "../../src/logging/mod.ts";
import { addRecordSource, currentRealm, flushAll, shutdownAll } from "../../src/logging/realm.ts";
import { writeWhole } from "../../src/logging/write_whole.ts";
import { recordOf } from "../support/records.ts";

/** Holds what it gets until it is flushed. */
class HoldingHandler extends Handler {
  #held = "";
  override emit(): void {
    this.#held += "collected\n";
  }
  override flush(): void {
    if (this.#held !== "") writeWhole(Deno.stdout, `${this.#held}flushed\n`);
    this.#held = "";
  }
}

const [how, handlers] = Deno.args;
if (handlers !== "no handlers") getLogger().addHandler(new HoldingHandler());
const realm = currentRealm();
const records = [recordOf("collected")];
addRecordSource(() => {
  for (const record of records.splice(0)) realm.receive(record);
});
switch (how) {
  case "exit":
    Deno.exit(1);
    break;
  case "error":
    setTimeout(() => {
      throw new Error("nobody catches it");
    });
    break;
  case "rejection":
    Promise.reject(new Error("nobody handles it"));
    break;
  case "flush":
    flushAll();
    break;
  case "shutdown":
    await shutdown();
    break;
  case "signals":
    await shutdownAll();
    break;
}
