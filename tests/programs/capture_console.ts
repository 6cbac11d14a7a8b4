/** Captures the console while its own handlers, and @std/log's, print to the console. */

import {
  basicConfig,
  captureConsole,
  getLogger,
  Handler,
  type LogRecord,
} from "../../src/logging/mod.ts";
import { ConsoleHandler } from "@std/log";

class PrintingHandler extends Handler {
  override emit(record: LogRecord): void {
    console.log(`printed: ${record.levelName} ${record.name} ${record.msg}`);
    Promise.resolve().then(() => console.log(`later: ${record.msg}`));
  }
}

basicConfig({ level: "DEBUG", handlers: [new PrintingHandler()] });
getLogger().addHandler(new ConsoleHandler("DEBUG", { useColors: false }));
{
  using _ = captureConsole();
  console.log("took %d ms", 12, { a: 1 });
  console.error("failed 100%", new RangeError("too far"));
  console.assert(true, "nothing");
  console.assert(false, "not so");
  console.count("x");
  getLogger("app").error("logged, not printed");
  await Promise.resolve();
}
console.log("no longer captured");
