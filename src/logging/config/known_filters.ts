/**
 * The filters, as configurations name them.
 *
 * @module
 */

import { PrefixFilter } from "../filter.ts";
import { DuplicateFilter } from "../filters/duplicate.ts";
import { LevelRangeFilter } from "../filters/level_range.ts";
import { NameFilter } from "../filters/name.ts";
import { RateLimitFilter } from "../filters/rate_limit.ts";
import { RedactionFilter } from "../filters/redaction.ts";
import { SamplingFilter } from "../filters/sampling.ts";
import type { LogRecord } from "../record.ts";
import { type ClassSpec, classSpec } from "./class_spec.ts";
import {
  aFunction,
  amount,
  isList,
  level,
  type Parameter,
  required,
  text,
  texts,
  whole,
} from "./parameter.ts";

/** Filters. */
export function filterSpecs(): ClassSpec[] {
  const kind = "filter";
  return [
    classSpec({
      Class: NameFilter,
      kind,
      names: ["logging.Filter", "paralog.NameFilter"],
      parameters: { name: text() },
      positional: ["name"],
      create: (Class, { name }) => new Class(name),
    }),
    classSpec({
      Class: LevelRangeFilter,
      kind,
      names: ["paralog.LevelRangeFilter"],
      parameters: { min: level(), max: level() },
      positional: [],
      create: (Class, options) => new Class(options),
    }),
    classSpec({
      Class: SamplingFilter,
      kind,
      names: ["paralog.SamplingFilter"],
      parameters: { rate: required(share()), keepLevel: level() },
      positional: [],
      create: (Class, options) => new Class(options),
    }),
    classSpec({
      Class: RateLimitFilter,
      kind,
      names: ["paralog.RateLimitFilter"],
      parameters: {
        limit: required(whole(1)),
        interval: required(amount("milliseconds", { above: 0 })),
        key: aFunction<(record: LogRecord) => string>("a function (record) => text"),
      },
      positional: [],
      create: (Class, options) => new Class(options),
    }),
    classSpec({
      Class: DuplicateFilter,
      kind,
      names: ["paralog.DuplicateFilter"],
      parameters: { window: amount("milliseconds", { above: 0 }) },
      positional: [],
      create: (Class, options) => new Class(options),
    }),
    classSpec({
      Class: RedactionFilter,
      kind,
      names: ["paralog.RedactionFilter"],
      parameters: { fields: texts(), patterns: patterns(), replacement: text() },
      positional: [],
      create: (Class, options) => new Class(options),
    }),
    classSpec({
      Class: PrefixFilter,
      kind,
      names: ["paralog.PrefixFilter"],
      parameters: { prefix: required(text()) },
      positional: [],
      create: (Class, { prefix }) => new Class(prefix),
    }),
  ];
}

function share(): Parameter<number> {
  return {
    allowed: "use a number from 0 to 1",
    read: (value) => typeof value === "number" && value >= 0 && value <= 1 ? value : undefined,
  };
}

/** Regular expressions; a configuration writes them as texts. */
function patterns(): Parameter<RegExp[]> {
  return {
    allowed: "use a list of regular expressions, as JavaScript has them",
    read(value) {
      const list = isList(value) ? value : [value];
      try {
        return list.map((each) => each instanceof RegExp ? each : new RegExp(checkText(each), "g"));
      } catch {
        return undefined;
      }
    },
  };
}

function checkText(value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new TypeError("no text");
}
