/** Tasks that throw errors of every shape. */

import vm from "node:vm";
import { Buffer } from "node:buffer";
import { delayed, Parallel, task } from "@paralog/paralog";

/** A class as people write them: needs its arguments, and has what only its constructor makes. */
export class PaymentError extends Error {
  override readonly name = "PaymentError";
  readonly code: string;
  readonly #amount: number;

  constructor(order: { id: string; amount: number }, options?: ErrorOptions) {
    super(`no money for ${order.id}`, options);
    this.code = `E_${order.id}`;
    this.#amount = order.amount;
  }

  /** Needs a private field. */
  get amount(): number {
    return this.#amount;
  }

  /** Needs none. */
  get shout(): string {
    return this.message.toUpperCase();
  }
}

export class CardError extends PaymentError {}

export class GetterError extends TypeError {
  override get name(): string {
    return "GetterName";
  }
  override get message(): string {
    return "from a getter";
  }
}

export class PrivateNameError extends Error {
  readonly #kind: string = "private";
  override get name(): string {
    return `Private ${this.#kind}`;
  }
}

export class ManyError extends AggregateError {
  readonly where = "everywhere";
}

export class BothError extends SuppressedError {}

export class StopError extends DOMException {
  readonly reason = "enough";
}

const order = { id: "o1", amount: 5 };

/** The last of a row of causes. */
function rowOfCauses(count: number): Error {
  let error = new Error("cause 0");
  for (let n = 1; n < count; n++) error = new RangeError(`cause ${n}`, { cause: error });
  return error;
}

function withFields(): Error {
  const error = Object.assign(new Error("fields"), {
    list: [1, { deep: new Date(0) }],
    map: new Map([["a", 1n]]),
    callback: () => 1,
    symbol: Symbol("s"),
    holder: { callback: () => 1 },
    inner: new PaymentError(order, { cause: new TypeError("why") }),
    undefinedField: undefined,
  });
  Object.defineProperty(error, "hidden", { value: { secret: 1 } });
  Object.defineProperty(error, "hiddenInner", { value: new RangeError("inside") });
  Object.defineProperty(error, "bad", {
    enumerable: true,
    get: () => {
      throw new Error("getter");
    },
  });
  return error;
}

/** Each makes what is thrown. */
export const SHAPES = {
  plain: () => new Error("plain"),
  listed: () => new PaymentError(order, { cause: new RangeError("why") }),
  extendsListed: () => new CardError(order),
  unlistedSubclass: () => new (class FraudError extends CardError {})(order),
  anonymousSubclass: () => new (class extends PaymentError {})(order),
  getters: () => new GetterError("from the constructor"),
  privateName: () => new PrivateNameError("m"),
  aggregate: () => new ManyError([new PaymentError(order), "text", new RangeError("r")], "many"),
  suppressed: () => new BothError(new PaymentError(order), new RangeError("first"), "both"),
  domException: () => new DOMException("stop", "AbortError"),
  domSubclass: () => new StopError("stop", "TimeoutError"),
  ofDeno: () => new Deno.errors.NotFound("gone", { cause: new CardError(order) }),
  ofNode: () => {
    try {
      return Buffer.alloc(-1);
    } catch (error) {
      return error;
    }
  },
  ofV8: () => {
    try {
      return JSON.parse("{");
    } catch (error) {
      return error;
    }
  },
  fields: withFields,
  frozen: () => Object.freeze(Object.assign(new PaymentError(order), { extra: 1 })),
  noStack: () => Object.assign(new Error("no stack"), { stack: undefined }),
  oddStack: () => Object.assign(new Error("odd stack"), { stack: 5 }),
  changedMessage: () => Object.assign(new Error("before"), { message: "after" }),
  oddMessage: () => Object.assign(new Error("before"), { message: { a: 1 } }),
  oddName: () => Object.assign(new Error("m"), { name: 5 }),
  ownConstructor: () => Object.assign(new Error("m"), { constructor: 5 }),
  noPrototype: () => Object.setPrototypeOf(new Error("bare"), null),
  notMade: () => Object.create(PaymentError.prototype),
  proxy: () => new Proxy(new PaymentError(order), {}),
  circular: () => {
    const error = new Error("outer", { cause: new Error("inner") });
    (error.cause as Error).cause = error;
    return error;
  },
  causes: () => rowOfCauses(1000),
  aggregated: () => new AggregateError(Array.from({ length: 1000 }, (_, n) => new Error(`${n}`))),
  causeOfText: () => new Error("outer", { cause: { text: "why", fn: () => 1 } }),
  causeUndefined: () => new Error("outer", { cause: undefined }),
  ofRealm: () => vm.runInNewContext("Object.assign(new RangeError('far'), { code: 7 })"),
  aggregateOfRealm: () => vm.runInNewContext("new AggregateError([new TypeError('t')], 'far')"),
  subclassOfRealm: () =>
    vm.runInNewContext("class FarError extends TypeError {}; new FarError('far')"),
  text: () => "just a text",
  undefined: () => undefined,
  null: () => null,
  number: () => NaN,
  symbol: () => Symbol("thrown"),
  function: () => function thrown() {},
  object: () => ({ a: [1], b: { c: () => 1 } }),
  map: () => new Map([[1, 2]]),
} as const satisfies Record<string, () => unknown>;

/** The name of a shape. */
export type Shape = keyof typeof SHAPES;

/** The classes that the tasks list. */
export const errors = [
  PaymentError,
  GetterError,
  PrivateNameError,
  ManyError,
  BothError,
  StopError,
];

export const throwShape = task(import.meta, function throwShape(shape: Shape) {
  throw SHAPES[shape]();
}, { errors });

/** Lists no class itself. */
export const throwUnlisted = task(import.meta, function throwUnlisted(shape: Shape) {
  throw SHAPES[shape]();
});

/** Throws in a run of its own, from which the error passes through this task. */
export const throwNested = task(
  import.meta,
  async function throwNested(shape: Shape, nJobs: number) {
    await new Parallel(nJobs).run([delayed(throwUnlisted)(shape)]);
  },
  { errors },
);
