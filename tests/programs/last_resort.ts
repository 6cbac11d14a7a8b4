/** Logs before and after configuring, as the Python program beside it in config_test.ts. */

import { basicConfig, getLogger } from "@paralog/paralog";

const log = getLogger("app");
getLogger().info("too low for the root");
log.info("too low for the last resort");
log.warn("the last resort writes %s", "the message alone");
basicConfig({ level: "INFO" });
log.info("one");
getLogger().error("two");
basicConfig({ level: "DEBUG", format: "%(message)s" });
log.debug("not configured again");
basicConfig({ level: "DEBUG", format: "%(levelname)-8s|%(message)s", force: true });
log.debug("configured again");
