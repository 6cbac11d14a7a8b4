/** Logs 5000 numbered lines to stdout, some of them longer than a pipe holds. */

import { ConsoleHandler, getLogger } from "@paralog/paralog";

getLogger().addHandler(new ConsoleHandler({ stream: "stdout" }));
for (let n = 0; n < 5000; n++) {
  getLogger().warn("line %d %s", n, "x".repeat(n % 1000 === 999 ? 100_000 : 60));
}
