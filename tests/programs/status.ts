/** Writes lines in one way or another while a status is at the bottom of the terminal. */

import { ConsoleHandler as StdConsoleHandler } from "@std/log";
import { captureConsole, ConsoleHandler, getLogger } from "../../src/logging/mod.ts";
import { isStatusKept, openStatus } from "../../src/logging/terminal/status_line.ts";

const [how = ""] = Deno.args;
const text = "the status";
const status = openStatus(Deno.stderr, {
  lines: () => [`${text} ${"#".repeat(50)}`, "with another line"],
  last: () => `${text} (last)`,
});
const log = getLogger();
log.setLevel("INFO");
status.redraw();

/** Lines to both streams in turn; here they are the same terminal. */
function logLines(count: number, each: (line: string, number: number) => void): void {
  for (let number = 0; number < count; number++) {
    each(`${how} ${number}`, number);
    if (number % 20 === 0) status.redraw();
  }
}

function addHandlers(): void {
  const [odd, even] = [1, 0].map((rest) => (record: { args: readonly unknown[] }) =>
    Number(record.args[0]) % 2 === rest
  );
  log.addHandler(new ConsoleHandler({ stream: "stdout", filters: [odd!] }));
  log.addHandler(new ConsoleHandler({ stream: "stderr", filters: [even!] }));
}

switch (how) {
  case "handlers":
    addHandlers();
    logLines(50, (_, number) => log.info("handlers %d", number));
    break;
  case "console":
    logLines(50, (line, number) => number % 2 ? console.log(line) : console.error(line));
    break;
  case "captured": {
    log.addHandler(new ConsoleHandler());
    using _ = captureConsole();
    logLines(50, (line) => console.log(line));
    break;
  }
  case "std":
    log.addHandler(
      new StdConsoleHandler("INFO", { useColors: false, formatter: ({ msg }) => msg }),
    );
    logLines(50, (line) => log.info(line));
    break;
  case "worker": {
    if (!isStatusKept()) throw new Error("The worker has nothing to expect");
    const worker = new Worker(import.meta.resolve("./status_worker.ts"), { type: "module" });
    const { promise, resolve } = Promise.withResolvers<void>();
    worker.onmessage = ({ data }) => {
      status.redraw();
      if (data === "done") resolve();
    };
    await promise;
    worker.terminate();
    break;
  }
  case "exit":
    console.log("exit 0");
    Deno.exit(3);
    break;
  case "throws":
    log.addHandler(new ConsoleHandler({ formatter: "%(message)s" }));
    log.info("throws 0");
    await Promise.resolve();
    addEventListener("error", () => console.log("Uncaught error"));
    setTimeout(() => {
      throw new Error("no luck");
    });
    await new Promise(() => setInterval(() => {}, 1000));
    break;
  case "recovers": {
    console.log("recovers 0");
    const { promise, resolve } = Promise.withResolvers<void>();
    addEventListener("error", (event) => {
      event.preventDefault();
      setTimeout(resolve);
    });
    setTimeout(() => {
      throw new Error("no luck");
    });
    await promise;
    status.redraw();
    console.log("recovers 1");
  }
}
status.close();
console.log(isStatusKept() ? "still kept" : "after");
