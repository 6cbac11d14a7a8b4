/** Logs one line with the handler's defaults. */

import { ConsoleHandler, getLogger } from "@paralog/paralog";

getLogger().addHandler(new ConsoleHandler());
getLogger().warn("hello");
