/**
 * Tasks that throw.
 *
 * @module
 */

import { getLogger } from "../../logging/mod.ts";
import { task } from "../../parallel/mod.ts";

const log = getLogger("lib.failures");

/** An error of a program's own. */
export class PaymentError extends Error {
  /** What kind of failure it is. */
  readonly code: string;

  /** Makes the error. */
  constructor(message: string, code: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Throws an error of a class that nobody told the caller of. */
export const throwCustom = task(import.meta, function throwCustom(id: number) {
  throw new PaymentError(`no money for ${id}`, "E_FUNDS", new TypeError("card refused"));
});

/** Throws errors of a class that the caller is to have again, in all places where one may be. */
export const throwListed = task(
  import.meta,
  function throwListed(place: "thrown" | "cause" | "list" | "field") {
    const error = new PaymentError("no money", "E_FUNDS");
    switch (place) {
      case "thrown":
        throw error;
      case "cause":
        throw new RangeError("outer", { cause: error });
      case "list":
        throw new AggregateError([error], "outer");
      case "field":
        throw Object.assign(new Error("outer"), { inner: error });
    }
  },
  { errors: [PaymentError] },
);

export const throwAggregate = task(import.meta, function throwAggregate() {
  throw new AggregateError([new RangeError("one"), "two"], "both failed");
});

export const throwValue = task(import.meta, function throwValue(value: unknown) {
  throw value;
});

export const throwNotFound = task(import.meta, async function throwNotFound() {
  await Deno.readTextFile(new URL("./no_such_file", import.meta.url));
});

export const logThenThrow = task(import.meta, function logThenThrow() {
  log.error("before the end");
  throw new RangeError("the end");
});

/** Throws an error that says that no further attempt can help. */
export const throwHopeless = task(import.meta, function throwHopeless() {
  log.info("tried");
  throw Object.assign(new Error("bad input"), { retriable: false });
});

/** Throws where no call awaits it. */
export const throwOutside = task(import.meta, async function throwOutside() {
  setTimeout(() => {
    throw new PaymentError("outside", "E_OUTSIDE");
  });
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});

export const rejectOutside = task(import.meta, async function rejectOutside() {
  Promise.reject(new RangeError("nobody listens"));
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});
