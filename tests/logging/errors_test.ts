import { assertEquals, assertStringIncludes } from "@std/assert";
import { formatError, serializeError } from "../../src/logging/errors.ts";

class PaymentError extends RangeError {
  code = "E_FUNDS";
  retry = () => {};
}

Deno.test("serializeError() keeps class, base, fields, cause and aggregated errors", () => {
  const error = new PaymentError("no money", {
    cause: new AggregateError([new TypeError("one"), 2], "several"),
  });
  const data = structuredClone(serializeError(error));
  assertEquals([data.className, data.base, data.name], [
    "PaymentError",
    "RangeError",
    "RangeError",
  ]);
  assertEquals(data.fields, { code: "E_FUNDS" });
  const cause = data.cause?.kind === "error" ? data.cause.error : undefined;
  assertEquals(cause?.className, "AggregateError");
  assertEquals(cause?.errors?.map((inner) => inner.kind), ["error", "value"]);
});

Deno.test("serializeError() ends a cause chain that leads back to itself, and a very long one", () => {
  const circular = new Error("a");
  circular.cause = new Error("b", { cause: circular });
  assertStringIncludes(JSON.stringify(serializeError(circular)), "[Circular Error]");
  let deep = new Error("0");
  for (let n = 1; n < 1000; n++) deep = new Error(String(n), { cause: deep });
  assertStringIncludes(JSON.stringify(serializeError(deep)), "[Error: cut here]");
});

Deno.test("formatError() writes the stack, then causes and aggregated errors", () => {
  const error = new AggregateError([new Error("one")], "both", { cause: "a text" });
  const text = formatError(serializeError(error));
  assertStringIncludes(text, "AggregateError: both\n");
  assertStringIncludes(text, "\nAggregated error 1: Error: one\n");
  assertStringIncludes(text, "\nCaused by: a text");
});

Deno.test("serializeError() never throws, and reads what it can", () => {
  class Hostile extends AggregateError {
    static override readonly name = (() => {}) as unknown as string;
  }
  const error = new Hostile([], "kept");
  error.errors = 5 as unknown as Error[];
  const fail = () => {
    throw new RangeError("getter");
  };
  Object.defineProperty(error, "bad", { enumerable: true, get: fail });
  Object.defineProperty(error, "name", { get: fail });
  const data = structuredClone(serializeError(error));
  assertEquals([data.message, data.base], ["kept", "AggregateError"]);
  assertEquals(data.fields, { bad: "[bad can't be read: RangeError: getter]" });
});

Deno.test("serializeError() keeps what a SuppressedError holds", () => {
  const error = new SuppressedError(new RangeError("later"), "first", "both");
  const data = serializeError(error);
  assertEquals(data.suppression?.error.kind, "error");
  assertEquals(data.suppression?.suppressed, { kind: "value", value: "first" });
  assertStringIncludes(formatError(data), "\nError: RangeError: later");
  assertStringIncludes(formatError(data), "\nSuppressed: first");
});

Deno.test("serializeError() survives an error that can't be read at all", () => {
  const hostile = new Proxy(new Error("p"), {
    ownKeys() {
      throw new Error("trap");
    },
  });
  assertEquals(serializeError(hostile).message, "[an error that can't be read]");
});

Deno.test("serializeError() keeps a field named errors, and ends where causes are shared", () => {
  const error = Object.assign(new Error("invalid"), { errors: ["a is required"] });
  assertEquals(serializeError(error).fields, { errors: ["a is required"] });
  let shared = new Error("0");
  for (let n = 0; n < 30; n++) shared = new AggregateError([shared], "l", { cause: shared });
  const text = JSON.stringify(serializeError(shared));
  assertEquals(text.match(/"className":/g)?.length, 100);
  assertStringIncludes(text, "cut here]");
});
