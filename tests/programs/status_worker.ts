/** Writes lines while another thread keeps a status at the bottom of the terminal. */

import { ConsoleHandler, getLogger } from "../../src/logging/mod.ts";
import { expectStatus } from "../../src/logging/terminal/status_line.ts";

declare const self: { postMessage(message: unknown): void };

using _ = expectStatus();
const log = getLogger();
log.setLevel("INFO");
log.addHandler(new ConsoleHandler());
for (let number = 0; number < 50; number++) {
  const line = `worker ${number}`;
  if (number % 3 === 0) console.log(line);
  else log.info(line);
  self.postMessage("line");
  await new Promise((resolve) => setTimeout(resolve, 5));
}
self.postMessage("done");
