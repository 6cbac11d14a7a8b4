import { basicConfig, withCleanRootLogger } from "@paralog/paralog";
import { WatchedHandler } from "../../src/testing/watched_handler.ts";

/** Registers a test that has a root of its own, at level INFO, with a handler that can be waited for. */
export function testWithHandler(
  name: string,
  fn: (handler: WatchedHandler) => Promise<unknown>,
): void {
  Deno.test(name, () =>
    withCleanRootLogger(async () => {
      const handler = new WatchedHandler();
      basicConfig({ level: "INFO", handlers: [handler] });
      await fn(handler);
    }));
}
