/**
 * The handlers that write to streams or hand on to other handlers, as configurations name them.
 *
 * @module
 */

import { ConsoleHandler, type ConsoleStream } from "../handlers/console.ts";
import { FingersCrossedHandler } from "../handlers/fingers_crossed.ts";
import { MemoryHandler } from "../handlers/memory.ts";
import { NullHandler } from "../handlers/null.ts";
import { type ClassSpec, classSpec } from "./class_spec.ts";
import { handlerName, level, type Parameter, required, text, truth, whole } from "./parameter.ts";

/** The handlers that write to streams or hand on. */
export function handlerSpecs(): ClassSpec[] {
  const kind = "handler";
  return [
    classSpec({
      Class: ConsoleHandler,
      kind,
      names: ["logging.StreamHandler", "paralog.ConsoleHandler"],
      parameters: { stream: stream(), colors: truth(), terminator: text() },
      positional: ["stream"],
      create: (Class, options) => new Class(options),
    }),
    classSpec({
      Class: MemoryHandler,
      kind,
      names: ["logging.handlers.MemoryHandler", "paralog.MemoryHandler"],
      parameters: {
        capacity: required(whole(0)),
        flushLevel: level(),
        target: handlerName(),
        flushOnClose: truth(),
      },
      positional: ["capacity", "flushLevel", "target", "flushOnClose"],
      create: (Class, { capacity, ...options }) => new Class(capacity, options),
    }),
    classSpec({
      Class: FingersCrossedHandler,
      kind,
      names: ["paralog.FingersCrossedHandler"],
      parameters: {
        target: required(handlerName()),
        actionLevel: level(),
        capacity: whole(1),
        maxTasks: whole(1),
      },
      positional: [],
      create: (Class, { target, ...options }) => new Class(target, options),
    }),
    classSpec({
      Class: NullHandler,
      kind,
      names: ["logging.NullHandler", "paralog.NullHandler"],
      parameters: {},
      positional: [],
      create: (Class) => new Class(),
    }),
  ];
}

/** A stream: what `ext://` names, a name of ours, or an object that takes bytes. */
function stream(): Parameter<ConsoleStream> {
  return {
    allowed: "use ext://sys.stdout, ext://sys.stderr, or an object with writeSync(bytes)",
    read(value) {
      if (value === "stdout" || value === "stderr") return value;
      return isWriter(value) ? value : undefined;
    },
  };
}

function isWriter(value: unknown): value is { writeSync(bytes: Uint8Array): number } {
  return typeof value === "object" && value !== null && "writeSync" in value &&
    typeof value.writeSync === "function";
}
