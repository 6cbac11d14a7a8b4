import { assertEquals, assertInstanceOf } from "@std/assert";
import { serializeThrown } from "../../src/logging/errors.ts";
import { reviveThrown } from "../../src/parallel/errors.ts";

class PaymentError extends RangeError {
  code = "E_FUNDS";
}

Deno.test("reviveThrown() makes an error of the same built-in class and class name", () => {
  const error = new PaymentError("no money", { cause: new TypeError("card refused") });
  const revived = reviveThrown(structuredClone(serializeThrown(error)));
  assertInstanceOf(revived, RangeError);
  assertEquals([revived.constructor.name, revived.name], ["PaymentError", "RangeError"]);
  assertEquals([revived.message, revived.stack], [error.message, error.stack]);
  assertEquals(Object.entries(revived), [["code", "E_FUNDS"]]);
  assertInstanceOf(revived.cause, TypeError);
});

Deno.test("reviveThrown() still gives the message of an error that can't be made", () => {
  const thrown = serializeThrown(new PaymentError("no money"));
  const broken = new Proxy({}, {
    ownKeys() {
      throw new Error("trap");
    },
  });
  const error = thrown.kind === "error" ? { ...thrown.error, fields: broken } : undefined;
  const revived = reviveThrown({ kind: "error", error: error! });
  assertInstanceOf(revived, Error);
  assertEquals(revived.message, "PaymentError: no money (its class can't be made here)");
});
