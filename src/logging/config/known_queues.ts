/**
 * Queues, their handler and their listener, as configurations name them.
 *
 * @module
 */

import type { Handler } from "../handler.ts";
import { QueueHandler } from "../handlers/queue.ts";
import { QueueListener } from "../queues/queue_listener.ts";
import { RecordQueue } from "../queues/record_queue.ts";
import { type ClassSpec, classSpec } from "./class_spec.ts";
import { amount, handlerNames, level, oneOf, type Parameter, truth, whole } from "./parameter.ts";

/** What a listener is made with, once its handler has them. */
interface ListenerParts {
  readonly queue: RecordQueue;
  readonly handlers: readonly Handler[];
  readonly respectHandlerLevel: boolean;
}

/** A queue, by the name of its class or a dictionary with `()`. */
function queue(): Parameter<unknown> {
  return {
    allowed: 'use the name of a queue, or a dictionary with "()" and its arguments',
    defines: "queue",
    read: (value) => value,
  };
}

/** The class of a listener, likewise. */
function listener(): Parameter<(parts: ListenerParts) => unknown> {
  return {
    allowed: 'use the name of a listener, or a dictionary with "()" and its arguments',
    defines: "listener",
    read: () => undefined, // Its definition is made into such a function; nothing else is read.
  };
}

/** A part that the handler gives to its listener; a configuration can't write it. */
function given<T>(): Parameter<T> {
  return { allowed: "leave it out: the handler gives it to its listener", read: () => undefined };
}

/** Queues, their handler and their listener. */
export function queueSpecs(): ClassSpec[] {
  return [
    classSpec({
      Class: RecordQueue,
      kind: "queue",
      names: [
        "queue.Queue",
        "queue.SimpleQueue",
        "multiprocessing.Queue",
        "paralog.RecordQueue",
      ],
      parameters: {
        maxsize: whole(Number.MIN_SAFE_INTEGER),
        maxSize: whole(Number.MIN_SAFE_INTEGER),
        policy: oneOf("block", "dropOldest", "dropNewest", "dropBelow"),
        dropLevel: level(),
      },
      positional: ["maxsize"],
      create: (Class, { maxsize, ...options }) => new Class({ maxSize: maxsize, ...options }),
    }),
    classSpec({
      Class: QueueListener,
      kind: "listener",
      names: ["logging.handlers.QueueListener", "paralog.QueueListener"],
      parameters: {
        queue: given<RecordQueue>(),
        handlers: given<readonly Handler[]>(),
        respectHandlerLevel: given<boolean>(),
        maxFailures: whole(1),
        drainTime: amount("milliseconds"),
      },
      positional: [],
      create: (Class, { queue, handlers = [], ...options }) => new Class(queue, handlers, options),
    }),
    classSpec({
      Class: QueueHandler,
      kind: "handler",
      names: ["logging.handlers.QueueHandler", "paralog.QueueHandler"],
      parameters: {
        queue: queue(),
        listener: listener(),
        handlers: handlerNames(),
        respect_handler_level: truth(),
        respectHandlerLevel: truth(),
      },
      positional: ["queue"],
      create(Class, { queue = new RecordQueue(), listener, handlers = [], ...more }) {
        const { respect_handler_level, respectHandlerLevel, ...options } = more;
        const parts = {
          queue: queue as RecordQueue, // Another queue goes with classes of the caller's own.
          handlers,
          respectHandlerLevel: respect_handler_level ?? respectHandlerLevel ?? false,
        };
        return new Class(parts.queue, { ...options, listener: makeListener(parts, listener) });
      },
    }),
  ];
}

/** Without handlers there is none: it would take records out of the queue for nobody. */
function makeListener(
  parts: ListenerParts,
  make?: (parts: ListenerParts) => unknown,
): QueueListener | undefined {
  const { queue, handlers, respectHandlerLevel } = parts;
  if (!make) {
    return handlers.length > 0
      ? new QueueListener(queue, handlers, { respectHandlerLevel })
      : undefined;
  }
  const listener = make(parts);
  if (isListener(listener)) return listener;
  throw new TypeError("its listener has no methods start and stop");
}

function isListener(value: unknown): value is QueueListener {
  return typeof value === "object" && value !== null && "start" in value && "stop" in value &&
    typeof value.start === "function" && typeof value.stop === "function";
}
