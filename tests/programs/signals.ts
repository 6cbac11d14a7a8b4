/** Holds lines in the buffer of a file until a signal comes. */

import { FileHandler, getLogger, shutdownOnSignals } from "../../src/logging/mod.ts";

const [filename = "", how] = Deno.args;
getLogger().addHandler(new FileHandler(filename, { bufferSize: 10_000, flushInterval: 60_000 }));
if (how === "unload") {
  addEventListener("unload", () => getLogger().warn("bye"));
  getLogger().warn("kept");
} else {
  shutdownOnSignals();
  getLogger().warn("kept");
  console.log("ready");
  setInterval(() => {}, 60_000);
}
