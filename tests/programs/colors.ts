/** Logs at each level, with colours to stdout and without to stderr. */

import { ConsoleHandler, getLogger } from "@paralog/paralog";

const log = getLogger("colors");
log.setLevel("DEBUG");
log.addHandler(new ConsoleHandler({ stream: "stdout", colors: true }));
log.addHandler(new ConsoleHandler({ stream: "stderr", colors: false }));
for (const level of [10, 20, 30, 40, 50]) log.log(level, String(level));
