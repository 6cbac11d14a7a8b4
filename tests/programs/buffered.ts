/** Logs through handlers that write only when they are closed, and ends or exits. */

import { getLogger, Handler, type LogRecord, withCleanRootLogger } from "@paralog/paralog";

class BufferedHandler extends Handler {
  readonly #lines: string[] = [];
  override emit(record: LogRecord): void {
    this.#lines.push(this.format(record));
  }
  override flush(): void {
    for (const line of this.#lines.splice(0)) console.log(line);
  }
}

getLogger("app").addHandler(new BufferedHandler());
getLogger("app").warn("named");
if (Deno.args[0] === "exit") {
  await withCleanRootLogger(() => {
    getLogger().addHandler(new BufferedHandler());
    getLogger().warn("inside");
    Deno.exit();
  });
}
