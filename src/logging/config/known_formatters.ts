/**
 * The formatters, as configurations name them.
 *
 * @module
 */

import { Formatter } from "../formatter.ts";
import { JsonFormatter } from "../formatters/json.ts";
import { LogfmtFormatter } from "../formatters/logfmt.ts";
import { PinoFormatter } from "../formatters/pino.ts";
import { PrettyFormatter } from "../formatters/pretty.ts";
import { type ClassSpec, classSpec } from "./class_spec.ts";
import { isDict, oneOf, type Parameter, text, truth } from "./parameter.ts";

/** Formatters. */
export function formatterSpecs(): ClassSpec[] {
  const kind = "formatter";
  return [
    classSpec({
      Class: Formatter,
      kind,
      names: ["logging.Formatter", "paralog.Formatter"],
      parameters: {
        format: text(),
        datefmt: text(),
        style: oneOf("%", "{", "$"),
        validate: truth(),
        defaults: valuesByName(),
        utc: truth(),
        singleLine: truth(),
        fmt: text(), // What Python's class itself calls the format.
      },
      positional: ["fmt", "datefmt", "style", "validate"],
      blames: "format",
      create: (Class, { format, fmt, ...options }) => new Class(format ?? fmt, options),
    }),
    classSpec({
      Class: JsonFormatter,
      kind,
      names: ["paralog.JsonFormatter"],
      parameters: {},
      positional: [],
      create: (Class) => new Class(),
    }),
    classSpec({
      Class: LogfmtFormatter,
      kind,
      names: ["paralog.LogfmtFormatter"],
      parameters: {},
      positional: [],
      create: (Class) => new Class(),
    }),
    classSpec({
      Class: PinoFormatter,
      kind,
      names: ["paralog.PinoFormatter"],
      parameters: { hostname: text() },
      positional: [],
      create: (Class, options) => new Class(options),
    }),
    classSpec({
      Class: PrettyFormatter,
      kind,
      names: ["paralog.PrettyFormatter"],
      parameters: { colors: truth(), datefmt: text(), utc: truth() },
      positional: [],
      create: (Class, options) => new Class(options),
    }),
  ];
}

/** Values of fields by their names. */
function valuesByName(): Parameter<Record<string, unknown>> {
  return {
    allowed: "use a dictionary of values",
    read: (value) => isDict(value) ? value : undefined,
  };
}
