import { assertEquals, assertThrows } from "@std/assert";
import { type Fields, getLogger, withCleanRootLogger, withContext } from "@paralog/paralog/logging";
import { ListHandler } from "../../src/testing/list_handler.ts";

Deno.test("withContext() puts its fields on every record, through asynchronous code", () =>
  withCleanRootLogger(async () => {
    const handler = new ListHandler({ formatter: "%(requestId)s %(message)s" });
    getLogger().addHandler(handler);
    const answer = async (requestId: number) => {
      getLogger("a").warn("before");
      await Promise.resolve();
      queueMicrotask(() => getLogger("b.c").warn("in a callback", { requestId: `${requestId}!` }));
      await Promise.resolve();
      return requestId;
    };
    const results = [1, 2].map((requestId) => withContext({ requestId }, () => answer(requestId)));
    assertEquals(await Promise.all(results), [1, 2]);
    assertEquals(handler.lines.toSorted(), [
      "1 before",
      "1! in a callback",
      "2 before",
      "2! in a callback",
    ]);
  }));

Deno.test("withContext() nests, and leaves nothing behind", () =>
  withCleanRootLogger(() => {
    const handler = new ListHandler();
    getLogger().addHandler(handler);
    withContext({ a: 1, b: 1 }, () => withContext({ b: 2 }, () => getLogger().warn("x")));
    assertThrows(() =>
      withContext({ a: 1 }, () => {
        throw new Error("no");
      })
    );
    getLogger().warn("x");
    assertEquals(handler.records.map(({ extra }) => extra), [{ a: 1, b: 2 }, undefined]);
  }));

Deno.test("withContext() refuses what is no object", () => {
  assertThrows(() => withContext(7 as unknown as Fields, () => {}), TypeError, "give an object");
});
