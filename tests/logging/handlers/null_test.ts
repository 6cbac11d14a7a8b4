import { assertEquals } from "@std/assert";
import { getLogger, withCleanRootLogger } from "@paralog/paralog";
import { captureStderr } from "../../../src/testing/capture_stderr.ts";
import { NullHandler } from "../../../src/logging/handlers/null.ts";
import { testHandler } from "../../support/handler_contract.ts";

testHandler("NullHandler", async (fn) => {
  await fn({
    create: (options) => new NullHandler(options),
    takeLines: () => [],
    noText: "it does nothing with records",
  });
});

Deno.test("NullHandler keeps a library's records from the last resort", async () => {
  const written = await captureStderr(() =>
    withCleanRootLogger(() => {
      getLogger("library").addHandler(new NullHandler());
      getLogger("library").error("seen by nobody");
    })
  );
  assertEquals(written, "");
});
