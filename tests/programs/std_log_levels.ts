/** Follows the level of the main realm while `@std/log` is set up, and then our own root logger. */

import * as stdLog from "@std/log";
import { getLogger, NullHandler } from "../../src/logging/mod.ts";
import { currentRealm } from "../../src/logging/realm.ts";

const realm = currentRealm();
let level = realm.levels().get("root");
realm.watchLevels(() => level = realm.levels().get("root"));

async function step(name: string, act: () => unknown): Promise<void> {
  act();
  await Promise.resolve(); // `log.setup` sets the level when it has told of itself.
  console.log(`${name}: ${level}`);
}

/** Sets the root logger of `@std/log` up. */
function setUp(level: stdLog.LevelName): void {
  const handlers = { list: new stdLog.ConsoleHandler("NOTSET") };
  stdLog.setup({ handlers, loggers: { default: { level, handlers: ["list"] } } });
}

await step("at first", () => {});
await step("set up", () => setUp("DEBUG"));
await step("its level", () => stdLog.getLogger().level = stdLog.LogLevels.ERROR);
await step("its level by name", () => stdLog.getLogger().levelName = "INFO");
await step("set up again", () => setUp("CRITICAL"));
await step("our own handler", () => getLogger().addHandler(new NullHandler()));
await step("our own level", () => getLogger().setLevel("DEBUG"));
